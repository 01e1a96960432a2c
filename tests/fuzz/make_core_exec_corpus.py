#!/usr/bin/env python3
"""Writes the seed corpus of core_exec_fuzz: tests/fuzz/corpus/core_exec/*.

An input is a string of choices of the generator (tests/oracle/generator.h), of which the first is
the profile; any bytes do. There are some of each profile but the huge one.
The generator is seeded: the files come out the same each time.
"""
import pathlib
import random

COUNT = 40
PROFILES = 8  # without the huge one

folder = pathlib.Path(__file__).parent / "corpus" / "core_exec"
folder.mkdir(parents=True, exist_ok=True)
for i in range(COUNT):
    choices = random.Random(1000 + i)
    size = choices.choice([128, 256, 512, 1024, 2048])
    choice = bytes([i % PROFILES]) + bytes(choices.randrange(256) for _ in range(size - 1))
    (folder / f"case_{i:02}").write_bytes(choice)
