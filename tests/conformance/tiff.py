"""Writes TIFF variants with tifffile and says what tifffile reads from them; reads what labdeploy wrote.

    python tiff.py FOLDER

FOLDER/ours/*.tif, if there, are read as a user would. FOLDER/variants/*.tif are written. FOLDER/report.json says for each variant
its pages (shape, dtype, sha256 of the samples as labdeploy's inspect defines it), for some the axes and sizes, and for each of
ours what tifffile sees in it.
"""

import hashlib
import itertools
import json
import sys
from pathlib import Path

import numpy as np
import tifffile

folder = Path(sys.argv[1])
target = folder / "variants"
target.mkdir(parents=True)
random = np.random.default_rng(20)
report = {"variants": {}, "ours": {}}


def smooth(shape, dtype, bits=None):
    """Runs and steps, so that every compression has something to do, over the whole range of the type."""
    dtype = np.dtype(dtype)
    count = int(np.prod(shape))
    repeated = np.repeat(random.integers(0, 2**64, count, dtype=np.uint64), random.integers(1, 4, count))[:count]
    if dtype.kind == "f":
        return ((repeated >> np.uint64(53)).astype(np.float64) / 16 - 60).astype(dtype).reshape(shape)
    if dtype.kind == "b":
        return (repeated >> np.uint64(63)).astype(bool).reshape(shape)
    bits = bits or dtype.itemsize * 8
    return (repeated >> np.uint64(64 - bits)).astype(f"u{dtype.itemsize}").view(dtype).reshape(shape)


def samples(page):
    """One page as rows x columns x samples, little-endian."""
    array = page.asarray()
    if page.axes == "SYX":
        array = np.moveaxis(array, 0, -1)
    if array.ndim == 2:
        array = array[..., None]
    if array.dtype == bool:
        array = array.astype(np.uint8)
    return np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<")))


def describe(path, arrays=None):
    """Hashes what tifffile reads; where the written arrays are given, it must have read those."""
    pages, total = [], hashlib.sha256()
    with tifffile.TiffFile(path) as tif:
        for i, page in enumerate(tif.pages):
            array = samples(page.aspage())
            if arrays is not None:
                assert np.array_equal(array.ravel(), arrays[i].ravel()), path
            total.update(array.tobytes())
            pages.append(
                {
                    "shape": list(array.shape),
                    "dtype": array.dtype.newbyteorder("=").name,
                    "sha256": hashlib.sha256(array.tobytes()).hexdigest(),
                }
            )
    return {"pages": pages, "sha256": total.hexdigest()}


def variant(name, data, image=None, moved=None, lossy=False, **options):
    path = target / f"{name}.tif"
    options.setdefault("photometric", "minisblack")
    tifffile.imwrite(path, data, **options)
    # planar samples come back interleaved
    expected = np.moveaxis(data, 0, -1) if moved else data
    single = options.get("metadata", 1) is None and not options.get("ome") and not options.get("imagej")
    report["variants"][name] = describe(path, [expected] if single and not lossy else None)
    if image is not None:
        report["variants"][name]["image"] = image


plain = {"metadata": None}
lossless = [None, "lzw", "deflate", "adobe_deflate", "packbits", "zstd"]
numeric = ["uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]
layouts = [{"rowsperstrip": 7}, {"tile": (16, 32)}, {}]

# every type with every compression and predictor, in both byte orders
for dtype, compression, order in itertools.product(numeric, lossless, "<>"):
    predictors = [None]
    if compression in ("lzw", "deflate", "adobe_deflate", "zstd"):
        predictors.append(3 if dtype.startswith("float") else 2)
    for predictor in predictors:
        layout = layouts[len(report["variants"]) % 3]
        name = f"{dtype}-{compression}-{'le' if order == '<' else 'be'}-p{predictor or 1}"
        variant(name, smooth((45, 61), dtype), byteorder=order, compression=compression, predictor=predictor, **layout, **plain)

# colours, together and apart, strips and tiles, BigTIFF
for dtype, planar, compression, big in itertools.product(
    ["uint8", "uint16", "float32"], ["contig", "separate"], [None, "lzw", "deflate", "zstd"], [False, True]
):
    layout = layouts[len(report["variants"]) % 3]
    shape = (33, 40, 3) if planar == "contig" else (3, 33, 40)
    predictor = None if compression is None else 3 if dtype == "float32" else 2
    name = f"rgb-{dtype}-{planar}-{compression}-{'big' if big else 'classic'}"
    variant(
        name, smooth(shape, dtype), moved=planar == "separate", photometric="rgb", planarconfig=planar,
        compression=compression, predictor=predictor, bigtiff=big, **layout, **plain,
    )
for samples_, planar in itertools.product([2, 4, 5], ["contig", "separate"]):
    shape = (21, 30, samples_) if planar == "contig" else (samples_, 21, 30)
    variant(f"samples-{samples_}-{planar}", smooth(shape, "uint16"), moved=planar == "separate", planarconfig=planar, **plain)
variant("rgba", smooth((20, 20, 4), "uint8"), photometric="rgb", extrasamples=["unassalpha"], **plain)
variant("cmyk", smooth((20, 20, 4), "uint8"), photometric="separated", **plain)
variant("lab", smooth((20, 20, 3), "uint8"), photometric="cielab", **plain)
variant("palette", smooth((20, 20), "uint8"), photometric="palette", colormap=random.integers(0, 65536, (3, 256), dtype=np.uint16), **plain)
variant("miniswhite", smooth((20, 20), "uint16"), photometric="miniswhite", **plain)

# packed bits: tifffile packs the highest bit first, and reads big-endian ones of more than 8 bits wrongly
for bits in [*range(1, 8), *range(9, 16), 17, 20, 24, 31]:
    dtype = "bool" if bits == 1 else "uint8" if bits < 8 else "uint16" if bits < 16 else "uint32"
    for layout in [{"rowsperstrip": 5}, {"tile": (16, 32)}, {"rowsperstrip": 17}]:
        name = f"bits-{bits}-{'-'.join(layout)}-{layout.get('rowsperstrip', '')}"
        variant(name, smooth((17, 23), dtype, bits), bitspersample=bits, software="tifffile.py", **layout, **plain)

# several pages, thumbnails, SubIFDs
variant("pages", smooth((5, 20, 30), "uint16"))
variant("pages-compressed", smooth((5, 20, 30), "uint16"), compression="zlib")
with tifffile.TiffWriter(target / "pyramid.tif") as tif:
    base = smooth((64, 64), "uint16")
    tif.write(base, subifds=2, tile=(32, 32), photometric="minisblack", metadata=None)
    tif.write(base[::2, ::2], subfiletype=1, tile=(32, 32), photometric="minisblack", metadata=None)
    tif.write(base[::4, ::4], subfiletype=1, tile=(32, 32), photometric="minisblack", metadata=None)
report["variants"]["pyramid"] = describe(target / "pyramid.tif")
with tifffile.TiffWriter(target / "thumbnails.tif") as tif:
    for _ in range(2):
        tif.write(smooth((40, 40), "uint16"), photometric="minisblack", metadata=None)
        tif.write(smooth((10, 10), "uint8"), photometric="minisblack", subfiletype=1, metadata=None)
report["variants"]["thumbnails"] = describe(target / "thumbnails.tif")

# ImageJ: axes, sizes, units
for order, compression in itertools.product("<>", [None, "zlib"]):
    axes = {"T": 2, "Z": 3, "C": 2, "Y": 16, "X": 20}
    image = {"axes": "TZCYX", "sizes": axes, "pixelSize": {"x": 0.125, "y": 0.25, "z": 1.5}, "timeStep": 0.5, "axesFrom": "ImageJ"}
    variant(
        f"imagej-{'le' if order == '<' else 'be'}-{compression}", smooth((2, 3, 2, 16, 20), "uint16"), image=image,
        imagej=True, byteorder=order, compression=compression, resolution=(8.0, 4.0),
        metadata={"axes": "TZCYX", "spacing": 1.5, "unit": "micron", "finterval": 0.5},
    )
for unit, um in [("um", 1), ("nm", 0.001), ("mm", 1000), ("cm", 10000), ("inch", 25400), ("\\u00B5m", 1)]:
    image = {"axes": "ZYX", "sizes": {"Z": 4, "Y": 16, "X": 20}, "axesFrom": "ImageJ", "pixelSize": {"x": 0.5, "y": 0.5, "z": 3}}
    options = {"resolution": (2.0 * um, 2.0 * um), "metadata": {"axes": "ZYX", "unit": unit, "spacing": 3 / um}}
    variant(f"imagej-unit-{unit.strip(chr(92))}", smooth((4, 16, 20), "uint8"), image=image, imagej=True, **options)
image = {"axes": "ZYX", "sizes": {"Z": 4, "Y": 16, "X": 20}, "axesFrom": "ImageJ"}
variant("imagej-unit-pixel", smooth((4, 16, 20), "uint8"), image=image, imagej=True, metadata={"axes": "ZYX", "unit": "pixel"})
image = {"axes": "YXS", "sizes": {"Y": 16, "X": 20, "S": 3}, "axesFrom": "ImageJ"}
variant("imagej-rgb", smooth((16, 20, 3), "uint8"), image=image, imagej=True, photometric="rgb")

# OME: axes in every order, channel names, units, positions
for order in itertools.permutations("TZC"):
    axes = "".join(order) + "YX"
    size = {"T": 2, "Z": 3, "C": 4, "Y": 16, "X": 20}
    image = {
        "axes": "TZCYX", "sizes": size, "axesFrom": "OME", "channels": ["a", "β", "c", "d & e"],
        "pixelSize": {"x": 0.1, "y": 0.2, "z": 0.5}, "timeStep": 60,
    }
    data = smooth([size[a] for a in axes], "uint16")
    metadata = {
        "axes": axes, "Channel": {"Name": ["a", "β", "c", "d & e"]}, "PhysicalSizeX": 0.1, "PhysicalSizeY": 200, "PhysicalSizeYUnit": "nm",
        "PhysicalSizeZ": 0.0005, "PhysicalSizeZUnit": "mm", "TimeIncrement": 1, "TimeIncrementUnit": "min",
    }
    variant(f"ome-{axes}", data, image=image, ome=True, metadata=metadata)
    # the pixels of each place: index of the first sample of a plane in the file
    planes = np.transpose(data, [axes.index(a) for a in "TZCYX"])
    report["variants"][f"ome-{axes}"]["plane"] = {"time": 1, "depth": 2, "channel": 1, "sha256": hashlib.sha256(np.ascontiguousarray(planes[1, 2, 1]).tobytes()).hexdigest()}
with tifffile.TiffWriter(target / "ome-positions.tif", ome=True) as tif:
    for _ in range(3):
        tif.write(smooth((2, 16, 20), "uint16"), photometric="minisblack", metadata={"axes": "CYX"})
report["variants"]["ome-positions"] = describe(target / "ome-positions.tif")
report["variants"]["ome-positions"]["image"] = {"axes": "PCYX", "sizes": {"P": 3, "C": 2, "Y": 16, "X": 20}, "axesFrom": "OME"}
image = {"axes": "ZYXS", "sizes": {"Z": 3, "Y": 16, "X": 20, "S": 3}, "axesFrom": "OME"}
variant("ome-rgb", smooth((3, 16, 20, 3), "uint8"), image=image, ome=True, photometric="rgb", metadata={"axes": "ZYXS"})

# resolution tags
for unit, value in [("CENTIMETER", 1000.0), ("INCH", 2540.0)]:
    image = {"axes": "YX", "sizes": {"Y": 16, "X": 20}, "axesFrom": "pages", "pixelSize": {"x": 10, "y": 10}}
    variant(f"resolution-{unit.lower()}", smooth((16, 20), "uint8"), image=image, resolution=(value, value), resolutionunit=unit, **plain)

# JPEG and JPEG 2000, as libjpeg-turbo and OpenJPEG decode them
for layout, sampling in itertools.product(layouts, [(1, 1), (2, 1), (2, 2)]):
    name = f"jpeg-ycbcr-{sampling[0]}{sampling[1]}-{layouts.index(layout)}"
    options = {"tile": (16, 32)} if "tile" in layout else {"rowsperstrip": 16} if layout else {}
    variant(name, smooth((45, 61, 3), "uint8"), photometric="ycbcr", subsampling=sampling, compression="jpeg", metadata=None, lossy=True, **options)
variant("jpeg-grey", smooth((45, 61), "uint8"), compression="jpeg", lossy=True, **plain)
variant("jpeg-rgb", smooth((45, 61, 3), "uint8"), photometric="rgb", compression="jpeg", compressionargs={"outcolorspace": "rgb"}, lossy=True, **plain)
for dtype, order in itertools.product(["uint8", "uint16"], "<>"):
    variant(f"jpeg2000-{dtype}-{order == '<'}", smooth((45, 61), dtype), byteorder=order, compression="jpeg2000", tile=(32, 32), lossy=True, **plain)
variant("jpeg2000-rgb", smooth((45, 61, 3), "uint8"), photometric="rgb", compression="jpeg2000", compressionargs={"level": 40}, lossy=True, **plain)

for dtype in ["uint8", "uint16"]:
    variant(f"png-{dtype}", smooth((32, 41), dtype), compression="png", **plain)
variant("png-rgb", smooth((32, 41, 3), "uint8"), photometric="rgb", compression="png", **plain)

# what is refused
for compression in ["lzma", "jpegxl", "jpegxr", "lerc"]:
    variant(f"refused-{compression}", smooth((32, 32), "uint8"), compression=compression)
variant("refused-webp", smooth((32, 32, 3), "uint8"), photometric="rgb", compression="webp", compressionargs={"lossless": True})
variant("refused-complex64", smooth((16, 16), "float32").astype("complex64"), **plain)
variant("refused-volume", smooth((16, 32, 32), "uint8"), volumetric=True, tile=(16, 16, 16))

for path in sorted((folder / "ours").glob("*.tif")):
    with tifffile.TiffFile(path) as tif:
        series = tif.series[0]
        array = series.asarray()
        resolution = tif.pages.first.tags.get(282)
        report["ours"][path.stem] = {
            "shape": list(array.shape), "axes": series.axes, "dtype": array.dtype.name, "bigtiff": tif.is_bigtiff, "pages": len(tif.pages),
            "sha256": hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest(),
            "imagej": tif.imagej_metadata, "resolution": None if resolution is None else resolution.value[0] / resolution.value[1],
        }

(folder / "report.json").write_text(json.dumps(report))
print(len(report["variants"]))
