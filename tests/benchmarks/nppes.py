"""python -m tests.benchmarks.nppes --rows N: reads an invented NPPES file of so many rows with `nppes_match`.

The file has the real layout, with the shares of people, organizations and given-up NPIs of the real one, and lies in a
temporary folder. The database is the one of DATABASE_URL or the embedded one; its therapists are left as they are.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from tests.nppes_files import columns, deactivated, lines, npi, person

KINDS = 10_000  # different rows; the file repeats them under other numbers
CODES = ["207R00000X", "1223G0001X", "163W00000X", "183500000X", "106H00000X", "1041C0700X", "225100000X"]
STATES = ["CA", "NY", "TX", "FL", "PA", "OH", "IL"]


def rows() -> Iterator[dict[str, str]]:
    """Ten thousand rows, three quarters of them people, a seventh in mental health."""
    for n in range(KINDS):
        if n % 20 == 0:
            yield deactivated(n)
        elif n % 5 == 0:
            name = {"Provider Organization Name (Legal Business Name)": f"MAPLE CLINIC {n} INC"}
            yield {**person(n, entity="2", number=""), **name}
        else:
            state, code = STATES[n % 7], CODES[n // 7 % 7]
            yield person(
                n, first=f"ANA{n}", last=f"LOPEZ{n}", code=code, jurisdiction=state, number=str(n * 37 % 90_000),
                mail="PO BOX 12", **{"Provider Business Practice Location Address Telephone Number": "2125550100"},
            )  # fmt: skip


def write(path: Path, *, count: int) -> None:
    """A file of so many rows, every number once."""
    header, *some = lines(rows())
    assert header.count('","') == len(columns()) - 1
    tails = [line.split(",", 1)[1] for line in some]
    with path.open("w") as file:
        file.write(header)
        for n in range(count):
            file.write(f'"{npi(n)}",{tails[n % KINDS]}')


def _used() -> float:
    """Seconds that commands have been on a core, so far."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, nargs="+", default=[300_000, 1_000_000])
    sizes = parser.parse_args().rows
    for count in sizes:
        with TemporaryDirectory() as folder:
            path = Path(folder, "npidata_pfile_20250602-20250608.csv")
            write(path, count=count)
            size, before, began = path.stat().st_size, _used(), time.monotonic()
            done = subprocess.run(
                [sys.executable, "manage.py", "nppes_match", str(path)], capture_output=True, text=True, check=True
            )
            seconds, cpu = time.monotonic() - began, _used() - before
        # The largest of all children so far: sizes grow, so that it is this one's or no more than an earlier one's.
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        Console().print(
            f"{count:,} rows, {size / 2**20:,.0f} MiB: {seconds:.0f} s, {cpu:.0f} s of a core, peak {peak:.0f} MiB;"
            f" {count / cpu:,.0f} rows a second: 8 million in {8e6 * cpu / count / 60:.1f} min of a core\n{done.stdout}"
        )


if __name__ == "__main__":
    main()
