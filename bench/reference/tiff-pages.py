"""Opens a TIFF of many pages with tifffile, or also reads and hashes all of them; prints processor seconds and a result.

python tiff-pages.py open|hash FILE
"""

import hashlib
import sys
import time

import tifffile

what, path = sys.argv[1:]
start = time.process_time()
with tifffile.TiffFile(path) as file:
    if what == 'open':
        result = file.series[0].shape[0]
    else:
        digest = hashlib.sha256()
        for page in file.pages:
            digest.update(page.asarray())
        result = digest.hexdigest()
print(time.process_time() - start, result)
