#!/usr/bin/env python3
"""measure.py FOLDER OTCAP: the figures of `make bench`.

Each figure is a median of five runs, which take turns with those that it is
compared with: another load of the machine then falls on all of them. CPU is
user and system time. The bounds are those of the speed issue.
"""

import os
import shutil
import statistics
import sys
import time

RUNS = 5
BARE_LEAST = 12e6  # frames a second, else the machine is too slow to judge
RATIO_MOST = 6
MEMORY_MOST = 1.05


class Figures:
    """Runs of one command."""

    def __init__(self, frames, *command):
        self.frames = frames
        self.command = command
        self.cpu, self.wall, self.memory = [], [], []

    def run(self):
        begin = time.monotonic()
        pid = os.fork()
        if pid == 0:
            null = os.open(os.devnull, os.O_RDWR)
            for fd in (0, 1, 2):
                os.dup2(null, fd)
            try:
                os.execvp(self.command[0], self.command)
            finally:
                os._exit(127)
        _, status, used = os.wait4(pid, 0)
        self.wall.append(time.monotonic() - begin)
        if status:
            sys.exit(f"measure.py: failed: {' '.join(self.command)}")
        self.cpu.append(used.ru_utime + used.ru_stime)
        self.memory.append(used.ru_maxrss / 1024)

    def per_frame(self, times):
        """Median, in nanoseconds."""
        return statistics.median(times) / self.frames * 1e9

    def row(self, name, bare):
        cpu, wall = self.per_frame(self.cpu), self.per_frame(self.wall)
        print(f"{name:<26}{1e3 / cpu:8.2f} M/s{cpu:9.1f} ns"
              f"{wall:9.1f} ns{cpu / bare.per_frame(bare.cpu):9.2f}"
              f"{wall / bare.per_frame(bare.wall):9.2f}"
              f"{statistics.median(self.memory):8.1f} MiB")


def main():
    folder, otcap = sys.argv[1:]
    few, two, four = (f"{folder}/frames-{n}.pcap" for n in ("200k", "2m", "4m"))
    bare = Figures(2e6, f"{folder}/bare", two)
    plain = Figures(2e6, otcap, "--no-hash", "-j1", two)
    rows = {
        "bare": bare,
        "otcap --no-hash -j1": plain,
        "otcap -j1": Figures(2e6, otcap, "-j1", two),
        "otcap --no-hash -j1, 4 M": Figures(4e6, otcap, "--no-hash", "-j1", four),
    }
    if shutil.which("tshark"):
        rows["tshark -z conv,tcp, 200 k"] = Figures(
            2e5, "tshark", "-q", "-n", "-z", "conv,tcp", "-r", few)
    for _ in range(RUNS):
        for figures in rows.values():
            figures.run()

    print(f"{'median of ' + str(RUNS):<26}{'frames':>12}{'CPU':>12}{'wall':>12}"
          f"{'CPU/bare':>9}{'wall/b.':>9}{'peak':>12}")
    for name, figures in rows.items():
        figures.row(name, bare)
    hashing = [a - b for a, b in zip(rows["otcap -j1"].cpu, plain.cpu)]
    print(f"the hash by itself: {statistics.median(hashing):.3f} s of CPU,"
          f" {os.path.getsize(two) / 1e6:.0f} MB")

    speed = 1e9 / bare.per_frame(bare.cpu)
    ratio = plain.per_frame(plain.cpu) / bare.per_frame(bare.cpu)
    memory = (statistics.median(rows["otcap --no-hash -j1, 4 M"].memory)
              / statistics.median(plain.memory))
    print(f"memory of 4 M frames to 2 M: {memory:.3f}, at most {MEMORY_MOST}")
    broken = memory > MEMORY_MOST
    if speed < BARE_LEAST:
        print(f"bare: {speed / 1e6:.1f} M frames a second, below"
              f" {BARE_LEAST / 1e6:.0f}: the ratio is void")
    else:
        print(f"otcap to bare: {ratio:.2f}, at most {RATIO_MOST}")
        broken |= ratio > RATIO_MOST
    return 1 if broken else 0


sys.exit(main())
