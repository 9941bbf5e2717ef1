"""What a scientist would write for the job that `labdeploy run` does: the reference of its end-to-end benchmark.

    python3 pipeline.py IMAGES OUT --model MODEL [--files N]

Takes the TIFFs of a folder one after the other: tifffile, the model package's ONNX weights with onnxruntime (default
threads), overlapping tiles, watershed and measurements with scikit-image, label image, preview and tables. Prints one
JSON line: seconds a step, summed over the files. Needs requirements.txt of tests/support/python.
"""

import argparse
import csv
import json
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import onnxruntime
import tifffile
import yaml
from PIL import Image
from scipy import ndimage
from skimage.measure import block_reduce, regionprops_table
from skimage.morphology import reconstruction
from skimage.segmentation import find_boundaries, relabel_sequential, watershed

TILE = 512
PREVIEW_SIDE = 1024
EIGHT = np.ones((3, 3), bool)
PROPERTIES = (
    'label', 'area', 'centroid', 'bbox', 'equivalent_diameter_area', 'axis_major_length', 'axis_minor_length',
    'eccentricity', 'orientation', 'perimeter', 'intensity_mean', 'intensity_min', 'intensity_max', 'intensity_std',
)  # fmt: skip


class Clock:
    """Seconds a step, summed."""

    def __init__(self):
        self.seconds = defaultdict(float)
        self.last = time.perf_counter()

    def done(self, step):
        now = time.perf_counter()
        self.seconds[step] += now - self.last
        self.last = now


class Model:
    def __init__(self, folder):
        description = yaml.safe_load((folder / 'bioimageio.yaml').read_text())
        own = description['config']['labdeploy']
        self.halo = own['halo']
        self.instances = own['instances']
        self.scale = next(
            step['kwargs'] for step in description['inputs'][0]['preprocessing'] if step['id'] == 'scale_range'
        )
        axes = description['outputs'][0]['axes']
        self.names = next(axis['channel_names'] for axis in axes if axis['type'] == 'channel')
        self.session = onnxruntime.InferenceSession(folder / 'weights.onnx', providers=['CPUExecutionProvider'])
        self.input = self.session.get_inputs()[0].name

    def normalise(self, plane):
        low, high = np.percentile(plane, [self.scale['min_percentile'], self.scale['max_percentile']])
        return (plane.astype(np.float32) - np.float32(low)) / np.float32(high - low + self.scale['eps'])

    def predict(self, plane):
        """Maps of the whole plane by name, from tiles that overlap by two halos."""
        height, width = plane.shape
        core = TILE - 2 * self.halo
        rows, columns = -(-height // core), -(-width // core)
        padded = np.pad(
            plane,
            ((self.halo, rows * core - height + self.halo), (self.halo, columns * core - width + self.halo)),
            mode='reflect',
        )
        maps = np.empty((len(self.names), rows * core, columns * core), np.float32)
        for y in range(0, rows * core, core):
            for x in range(0, columns * core, core):
                tile = padded[None, None, y : y + TILE, x : x + TILE]
                (out,) = self.session.run(None, {self.input: np.ascontiguousarray(tile)})
                inside = slice(self.halo, self.halo + core)
                maps[:, y : y + core, x : x + core] = out[0][:, inside, inside]
        return dict(zip(self.names, maps[:, :height, :width]))


def instances(maps, settings):
    """Labels from the distance map: basins whose peak rises by minRise, small and faint ones dropped."""
    foreground = maps[settings['foreground']]
    mask = ndimage.binary_fill_holes(foreground >= settings['threshold'])
    height = ndimage.gaussian_filter(maps[settings['distance']], settings['sigma'], mode='nearest')
    labels = watershed(-height, peaks(height, mask, settings['minRise']), mask=mask, connectivity=2)
    areas = np.bincount(labels.ravel())
    means = np.bincount(labels.ravel(), foreground.ravel()) / np.maximum(areas, 1)
    keep = (areas >= settings['minArea']) & (means >= settings['minForeground'])
    keep[0] = False
    return relabel_sequential(np.where(keep[labels], labels, 0))[0]


def peaks(height, mask, rise):
    """Markers of the h-maxima, found object by object: on a whole plane skimage's h_maxima takes 20 times as long."""
    regions, _ = ndimage.label(mask, EIGHT)
    markers = np.zeros(mask.shape, np.int32)
    count = 0
    for region, box in enumerate(ndimage.find_objects(regions), 1):
        own = regions[box] == region
        inside = np.where(own, height[box], 0)
        rises = inside - reconstruction(inside - np.float32(rise), inside) > rise - 1e-5
        found, number = ndimage.label(rises & own, EIGHT)
        markers[box][found > 0] = found[found > 0] + count
        count += number
    return markers


def preview(plane, labels, path):
    factor = -(-max(plane.shape) // PREVIEW_SIDE)
    grey = block_reduce(plane, (factor, factor), np.mean)
    low, high = np.percentile(grey, [1, 99.8])
    shade = (255 * np.clip((grey - low) / max(high - low, 1e-9), 0, 1)).astype(np.uint8)
    colour = np.repeat(shade[..., None], 3, axis=2)
    small = labels[factor // 2 :: factor, factor // 2 :: factor]
    edges = find_boundaries(small, mode='inner')
    colour[: edges.shape[0], : edges.shape[1]][edges] = (255, 160, 0)
    Image.fromarray(colour).save(path)


def pixel_size(page):
    """Micrometres; of images that ImageJ saved."""
    (pixels, micrometres) = page.tags['XResolution'].value
    return micrometres / pixels


def run(file, model, out, clock):
    with tifffile.TiffFile(file) as tiff:
        plane = tiff.asarray()
        size = pixel_size(tiff.pages[0])
    clock.done('read')
    normalised = model.normalise(plane)
    clock.done('normalise')
    maps = model.predict(normalised)
    clock.done('predict')
    labels = instances(maps, model.instances)
    clock.done('instances')
    table = regionprops_table(labels, plane, properties=PROPERTIES)
    table['intensity_sum'] = table['intensity_mean'] * table['area']
    table['area_um2'] = table['area'] * size**2
    table['equivalent_diameter_um'] = table['equivalent_diameter_area'] * size
    for axis in '01':
        table[f'centroid_um-{axis}'] = table[f'centroid-{axis}'] * size
    clock.done('measure')
    preview(plane, labels, out / f'{file.stem}_preview.png')
    clock.done('preview')
    tifffile.imwrite(
        out / f'{file.stem}_labels.tif',
        labels.astype(np.uint16 if labels.max() < 65536 else np.uint32),
        compression='zlib',
        imagej=False,
        resolution=(1 / size, 1 / size),
    )
    clock.done('write labels')
    with open(out / f'{file.stem}_measurements.csv', 'w', newline='') as rows:
        writer = csv.writer(rows)
        writer.writerow(table)
        writer.writerows(zip(*(column.tolist() for column in table.values())))
    clock.done('write table')
    return [file.name, len(table['label']), float(np.mean(table['area'])) if len(table['label']) else '']


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('images', type=Path)
    parser.add_argument('out', type=Path)
    parser.add_argument('--model', type=Path, required=True)
    parser.add_argument('--files', type=int)
    options = parser.parse_args()
    options.out.mkdir(parents=True)
    clock = Clock()
    model = Model(options.model)
    clock.done('load model')
    files = sorted(options.images.glob('*.tif'))[: options.files]
    with open(options.out / 'summary.csv', 'w', newline='') as summary:
        writer = csv.writer(summary)
        writer.writerow(['path', 'objects', 'mean_area_px'])
        for file in files:
            writer.writerow(run(file, model, options.out, clock))
    print(json.dumps({step: round(value, 3) for step, value in clock.seconds.items()}))


if __name__ == '__main__':
    main()
