"""Writes test/goldens/attention-map.npy: what `numpy.save` makes of the map in src/views/npy.test.ts.
`python scripts/goldens/npy.py`, made with numpy 2.4.6 (`requirements.txt` beside this file)."""

from pathlib import Path

import numpy

ROWS, COLUMNS = 5, 7
FILE = Path(__file__).parents[2] / "test" / "goldens" / "attention-map.npy"

# Multiples of 2^-8, which both sides write without rounding.
weights = (numpy.arange(ROWS * COLUMNS) * 37 % 256).reshape(ROWS, COLUMNS) / 256
numpy.save(FILE, weights.astype("<f4"))
