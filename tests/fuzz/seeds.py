#!/usr/bin/env python3
"""Seeds for the fuzz targets: seeds.py TOP OUT fills OUT/proto and OUT/capture.

Protocols: each tests/proto/*/*.case in the form that proto_fuzz.c reads.
Captures: the first frames of each sample and, where the folder of shared
captures is there, of each small one."""
import os
import re
import sys

top, out = sys.argv[1:3]
CARRIERS = {"tcp": 0, "udp": 1, "eth": 2, "cotp": 3}
SMALL = 65536


def protocols():
    with open(f"{top}/lib/proto/protocols.am") as f:
        return re.findall(r"^PROTOCOLS \+= lib/proto/(\w+)\.c", f.read(), re.M)


def seed(path, index):
    how, chunks = 32, []
    control = 0
    with open(path) as f:
        lines = f.read().splitlines()
    for line in lines:
        line = line.split("#")[0].strip()
        word = line.split(" ")[0]
        if word == "over":
            how |= CARRIERS.get(line.split()[1], 0)
        elif word == "midstream":
            how |= 4
        elif word == "vlan":
            how |= 16
        elif word == "group":
            how |= 8
        elif word == "gap":
            control = 2 | 16
        elif word == "cut":
            control = 4
        elif word in ("<", ">"):
            data = bytes.fromhex(line[1:].replace(" ", ""))
            control |= word == "<"
            chunks.append(bytes([control]) + len(data).to_bytes(2, "little")
                          + data)
            control = 0
    return bytes([index, how]) + b"".join(chunks)


def head(path):
    with open(path, "rb") as f:
        return f.read(SMALL if os.path.getsize(path) <= SMALL else SMALL // 8)


def write(folder, name, data):
    os.makedirs(f"{out}/{folder}", exist_ok=True)
    with open(f"{out}/{folder}/{name}", "wb") as f:
        f.write(data)


names = protocols()
for name in sorted(os.listdir(f"{top}/tests/proto")):
    folder = f"{top}/tests/proto/{name}"
    if name in names:
        for case in sorted(os.listdir(folder)):
            if case.endswith(".case"):
                write("proto", f"{name}-{case[:-5]}",
                      seed(f"{folder}/{case}", names.index(name)))

shared = os.environ.get("OTZT_SHARED", f"{top}/../shared") + "/pcaps"
for folder in (f"{top}/samples", shared):
    for where, _, files in os.walk(folder):
        for file in sorted(files):
            if file.endswith((".pcap", ".pcapng", ".cap")):
                write("capture", file, head(f"{where}/{file}"))
