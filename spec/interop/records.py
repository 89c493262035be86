"""Reads csv and JSON lines with other readers, writes what they hold again, and says what they read, value by value.

Standard input: [{"engine": "pyarrow" | "polars", "format": "csv" | "json", "path": ..., "out": ...}]. Standard output: for
each of them its rows, in which whole numbers and days are texts and floats are the bits of a double.
"""

import datetime
import json
import struct
import sys

import polars
import pyarrow
import pyarrow.csv
import pyarrow.json

arrow_types = {
    "n": pyarrow.int64(),
    "x": pyarrow.float64(),
    "s": pyarrow.string(),
    "b": pyarrow.bool_(),
    "day": pyarrow.date32(),
}
# In JSON pyarrow knows days as numbers only.
json_types = {**arrow_types, "day": pyarrow.string()}
polars_schema = {"n": polars.Int64, "x": polars.Float64, "s": polars.String, "b": polars.Boolean, "day": polars.Date}


def with_pyarrow(format, path, out):
    if format == "json":
        table = pyarrow.json.read_json(path, parse_options=pyarrow.json.ParseOptions(explicit_schema=pyarrow.schema(json_types)))
        return table.to_pylist()
    table = pyarrow.csv.read_csv(
        path,
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(column_types=arrow_types, strings_can_be_null=True, null_values=[""]),
    )
    pyarrow.csv.write_csv(table, out)
    return table.to_pylist()


def with_polars(format, path, out):
    if format == "json":
        frame = polars.read_ndjson(path, schema=polars_schema)
        frame.write_ndjson(out)
    else:
        frame = polars.read_csv(path, schema=polars_schema)
        frame.write_csv(out)
    return frame.to_dicts()


def plain(value):
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, float):
        return struct.pack(">d", value).hex()
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def exchange(engine, format, path, out):
    rows = with_pyarrow(format, path, out) if engine == "pyarrow" else with_polars(format, path, out)
    return [[plain(row[name]) for name in arrow_types] for row in rows]


print(json.dumps([exchange(**request) for request in json.load(sys.stdin)]))
