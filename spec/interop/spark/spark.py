"""Reads and writes files with Spark as it is told, and says what it read, as texts.

Standard input: a list of requests, each with an "action", the name of a function below, and its arguments. The last line
of standard output: what each of them gave.
"""

import json
import sys

from pyspark.sql import SparkSession

spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.ui.enabled", "false")
    .config("spark.ui.showConsoleProgress", "false")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")


def load(reader, format, path, schema=None, options={}):
    reader = reader.format(format).options(**options)
    return (reader if schema is None else reader.schema(schema)).load(path)


def read(columns, **source):
    return [list(row) for row in load(spark.read, **source).selectExpr(*columns).collect()]


def follow(columns, **source):
    """The same as a stream."""
    name = "followed"
    stream = load(spark.readStream, **source).selectExpr(*columns).writeStream.format("memory").queryName(name)
    stream.trigger(availableNow=True).start().awaitTermination()
    return [list(row) for row in spark.table(name).collect()]


def stream(source, format, path, checkpoint, partitionBy=[], options={}):
    """A stream from files to files, a batch a file."""
    rows = load(spark.readStream.option("maxFilesPerTrigger", "1"), **source)
    writer = rows.writeStream.format(format).options(**options).option("checkpointLocation", checkpoint)
    writer.partitionBy(*partitionBy).trigger(availableNow=True).start(path).awaitTermination()


def rewrite(source, path, settings):
    for name, value in settings.items():
        spark.conf.set(name, value)
    load(spark.read, **source).write.parquet(path)


def filters(path, columns):
    """Which of these filters find other rows if Spark passes over row groups; with how many rows there are."""
    rows = spark.read.parquet(path)
    wrong = []
    for name, type in columns:
        texts = rows.where(f"{name} IS NOT NULL").selectExpr(f"CAST({name} AS STRING)").distinct().collect()
        values = sorted(row[0] for row in texts)
        tests = [f"{name} IS NULL", f"{name} IS NOT NULL"]
        for value in (values[0], values[len(values) // 2]):
            literal = "CAST('" + value.replace("\\", "\\\\").replace("'", "\\'") + f"' AS {type})"
            tests += [f"{name} {operator} {literal}" for operator in ("=", "<", ">=")]
        sums = [f"count_if({test})" for test in tests]
        wanted = list(rows.selectExpr(*sums).collect()[0])
        found = [rows.where(test).count() for test in tests]
        wrong += [[test, f, w] for test, f, w in zip(tests, found, wanted) if f != w]
    return wrong


def perform(action, **request):
    return globals()[action](**request)


print(json.dumps([perform(**request) for request in json.load(sys.stdin)]))
