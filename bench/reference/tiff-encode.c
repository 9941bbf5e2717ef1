/* Writes samples from stdin (rows x columns, native byte order) as a TIFF with libtiff, so that what is read was not written
   by who reads it. cc -O2 -o tiff-encode tiff-encode.c -ltiff; ./tiff-encode FILE WIDTH HEIGHT BITS FORMAT COMPRESSION PREDICTOR
   with the numbers of TIFF 6.0; strips of about 256 kB, as tifffile writes them. */
#include <stdio.h>
#include <stdlib.h>
#include <tiffio.h>

int main(int count, char **args) {
  if (count != 8) {
    fprintf(stderr, "usage: tiff-encode FILE WIDTH HEIGHT BITS FORMAT COMPRESSION PREDICTOR\n");
    return 1;
  }
  uint32_t width = atoi(args[2]), height = atoi(args[3]);
  int bits = atoi(args[4]), compression = atoi(args[6]);
  size_t row = (size_t)width * bits / 8;
  uint32_t rows = row < 262144 ? 262144 / row : 1;
  TIFF *tif = TIFFOpen(args[1], "w");
  void *strip = malloc(rows * row);
  if (!tif || !strip) return 1;
  TIFFSetField(tif, TIFFTAG_IMAGEWIDTH, width);
  TIFFSetField(tif, TIFFTAG_IMAGELENGTH, height);
  TIFFSetField(tif, TIFFTAG_BITSPERSAMPLE, bits);
  TIFFSetField(tif, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField(tif, TIFFTAG_SAMPLEFORMAT, atoi(args[5]));
  TIFFSetField(tif, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  TIFFSetField(tif, TIFFTAG_COMPRESSION, compression);
  if (compression != COMPRESSION_NONE) TIFFSetField(tif, TIFFTAG_PREDICTOR, atoi(args[7]));
  TIFFSetField(tif, TIFFTAG_ROWSPERSTRIP, rows);
  for (uint32_t y = 0; y < height; y += rows) {
    uint32_t wanted = height - y < rows ? height - y : rows;
    if (fread(strip, row, wanted, stdin) != wanted) return 1;
    if (TIFFWriteEncodedStrip(tif, y / rows, strip, wanted * row) < 0) return 1;
  }
  TIFFClose(tif);
  return 0;
}
