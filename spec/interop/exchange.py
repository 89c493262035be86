"""Reads Parquet files with other readers, writes what they hold again, and says what they read, value by value.

Standard input: [{"engine": "pyarrow" | "polars", "path": ..., "out": ..., "compression": ...}], where "int96" is snappy
with times as Spark writes them, and no schema of Arrow's. Standard output: for each of them its rows, in which whole
numbers, decimals and times are texts and floats are the bits of a double.
"""

import datetime
import decimal
import json
import struct
import sys

import polars
import pyarrow.parquet


def plain(value):
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return struct.pack(">d", value).hex()
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime.datetime):
        return value.replace(tzinfo=None).isoformat(timespec="microseconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return {"key": plain(value[0]), "value": plain(value[1])}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return {name: plain(v) for name, v in value.items()}


def exchange(engine, path, out, compression):
    if engine == "pyarrow":
        table = pyarrow.parquet.read_table(path)
        int96 = compression == "int96"
        pyarrow.parquet.write_table(
            table,
            out,
            compression="snappy" if int96 else compression,
            use_deprecated_int96_timestamps=int96,
            store_schema=not int96,
        )
    else:
        frame = polars.read_parquet(path, use_pyarrow=False)
        frame.write_parquet(out, compression=compression, use_pyarrow=False)
        table = frame.to_arrow()
    return [plain(row) for row in table.to_pylist()]


print(json.dumps([exchange(**request) for request in json.load(sys.stdin)]))
