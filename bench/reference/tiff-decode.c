/* Decodes all pages of each TIFF with libtiff, on one thread, into memory of one plane; prints "file milliseconds checksum"
   for the fastest of several runs. cc -O2 -o tiff-decode tiff-decode.c -ltiff; ./tiff-decode RUNS FILE... */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tiffio.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void fail(const char *path, const char *what) {
  fprintf(stderr, "%s: %s\n", path, what);
  exit(1);
}

static void decode_tiles(TIFF *tif, const char *path, uint8_t *plane, uint32_t height, size_t row_bytes) {
  uint32_t tile_width, tile_height;
  TIFFGetField(tif, TIFFTAG_TILEWIDTH, &tile_width);
  TIFFGetField(tif, TIFFTAG_TILELENGTH, &tile_height);
  size_t tile_row = TIFFTileRowSize(tif);
  uint8_t *tile = malloc(TIFFTileSize(tif));
  uint32_t across = (row_bytes + tile_row - 1) / tile_row;
  for (uint32_t i = 0; i < TIFFNumberOfTiles(tif); i++) {
    if (TIFFReadEncodedTile(tif, i, tile, -1) < 0) fail(path, "tile does not decode");
    uint32_t top = i / across * tile_height;
    size_t left = i % across * tile_row;
    size_t used = left + tile_row > row_bytes ? row_bytes - left : tile_row;
    for (uint32_t y = 0; y < tile_height && top + y < height; y++)
      memcpy(plane + (top + y) * row_bytes + left, tile + y * tile_row, used);
  }
  free(tile);
}

static uint32_t decode(const char *path) {
  TIFF *tif = TIFFOpen(path, "r");
  if (!tif) fail(path, "does not open");
  uint32_t sum = 0;
  do {
    uint32_t height;
    TIFFGetField(tif, TIFFTAG_IMAGELENGTH, &height);
    size_t row_bytes = TIFFScanlineSize(tif);
    uint8_t *plane = malloc(row_bytes * height);
    if (TIFFIsTiled(tif)) decode_tiles(tif, path, plane, height, row_bytes);
    else {
      size_t at = 0;
      for (uint32_t i = 0; i < TIFFNumberOfStrips(tif); i++) {
        tmsize_t length = TIFFReadEncodedStrip(tif, i, plane + at, -1);
        if (length < 0) fail(path, "strip does not decode");
        at += length;
      }
    }
    for (size_t i = 0; i < row_bytes * height; i += 4096) sum = sum * 31 + plane[i];
    free(plane);
  } while (TIFFReadDirectory(tif));
  TIFFClose(tif);
  return sum;
}

int main(int count, char **args) {
  if (count < 3) fail(args[0], "usage: tiff-decode RUNS FILE...");
  TIFFSetWarningHandler(NULL);
  for (int f = 2; f < count; f++) {
    double best = 1e30;
    uint32_t sum = 0;
    for (int run = 0; run < atoi(args[1]); run++) {
      double start = now();
      sum = decode(args[f]);
      double took = now() - start;
      if (took < best) best = took;
    }
    printf("%s %.2f %u\n", args[f], best, sum);
  }
  return 0;
}
