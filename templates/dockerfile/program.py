"""Stands for the program that you have: `program.py INPUT OUTPUT` finds the pixels above the mean of the extremes."""

import sys

import numpy as np
import tifffile

image = tifffile.imread(sys.argv[1])
bright = image > (float(image.min()) + float(image.max())) / 2
labels = np.zeros(image.shape, np.int32)
for at in zip(*np.nonzero(bright)):  # each connected part gets a number
    if labels[at]:
        continue
    number = labels.max() + 1
    open_pixels = [at]
    while open_pixels:
        y, x = open_pixels.pop()
        inside = 0 <= y < image.shape[0] and 0 <= x < image.shape[1]
        if inside and bright[y, x] and not labels[y, x]:
            labels[y, x] = number
            open_pixels += [(y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)]
tifffile.imwrite(sys.argv[2], labels)
