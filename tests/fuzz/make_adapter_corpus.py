#!/usr/bin/env python3
"""Writes the seed corpus of adapter_fuzz: tests/fuzz/corpus/adapter/*.

An input is a string of choices, so that any bytes do; these are long enough for a whole case. More
than half of them have handles in their parameters or results. Those of an odd size are calls of
host functions.
The generator is seeded: the files come out the same each time.
"""
import pathlib
import random

COUNT = 40
HOST_COUNT = 20

folder = pathlib.Path(__file__).parent / "corpus" / "adapter"
folder.mkdir(parents=True, exist_ok=True)
for i in range(COUNT):
    choices = random.Random(i)
    size = choices.choice([64, 256, 512, 1024, 2048])
    (folder / f"case_{i:02}").write_bytes(bytes(choices.randrange(256) for _ in range(size)))
for i in range(HOST_COUNT):
    choices = random.Random(f"host {i}")
    size = choices.choice([257, 513, 1025])
    (folder / f"host_{i:02}").write_bytes(bytes(choices.randrange(256) for _ in range(size)))
