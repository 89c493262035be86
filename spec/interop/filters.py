"""Which filters find other rows where pyarrow passes over row groups than where it looks at all of them.

Standard input: the paths of Parquet files. Standard output: a list of the file, the filter and the numbers of rows.
"""

import json
import sys

import pyarrow.compute
import pyarrow.dataset
import pyarrow.parquet


def filters(column, values):
    field = pyarrow.compute.field(column)
    yield f"{column} is null", field.is_null()
    yield f"{column} is not null", field.is_valid()
    for value in values:
        yield f"{column} = {value}", field == value
        yield f"{column} < {value}", field < value
        yield f"{column} >= {value}", field >= value


wrong = []
for path in json.load(sys.stdin):
    table = pyarrow.parquet.read_table(path)
    dataset = pyarrow.dataset.dataset(path)
    for column in table.column_names:
        for name, test in filters(column, [value for value in table[column] if value.is_valid]):
            wanted, found = table.filter(test).num_rows, dataset.to_table(filter=test).num_rows
            if wanted != found:
                wrong.append([path, name, wanted, found])
print(json.dumps(wrong))
