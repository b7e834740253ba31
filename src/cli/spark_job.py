"""The report of an archive of queue webhooks on Spark: queuestat reads, joins and adds up on the executors; Spark spreads the
files by size, brings partial tickets together by their ids, then joined tickets by their locations. The driver publishes.

    spark-submit job.py --archive /archive --out reports/today --binary ./queuestat

The figures are those of `queuestat report`, byte for byte: the same program makes them. Every executor must be able to read the
archive under the same path. With --binary, Spark takes the program to the executors; with --binary-there, it is installed on them.

What moves is Parquet written by queuestat, cut at the columns that it brings together by. Spark sees rows of a key and some
bytes, so that it never takes a ticket apart. Whatever runs twice, because an executor died, counts once.

The driver holds what the steps say of files and names, and the tables of locations. It never holds a ticket.
"""

import argparse
import contextlib
import io
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import zlib

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

# What a step gives back: `what` says if it is rows to be moved ("rows") or what it says of them ("said"); `key` brings rows
# together; `content` is a file.
SCHEMA = pa.schema([("what", pa.string()), ("key", pa.int64()), ("content", pa.binary())])
SPARK_SCHEMA = "what string, key bigint, content binary"
# Exit code of queuestat: published, but some of the input needs a look.
NEEDS_A_LOOK = 3


def run(binary, *arguments):
    """Runs a step of queuestat. What it says goes to standard error; a failure is told with it."""
    done = subprocess.run([str(binary), "pieces", *map(str, arguments)], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if done.returncode not in (0, NEEDS_A_LOOK):
        raise RuntimeError(f"`queuestat pieces {arguments[0]}` ended with exit code {done.returncode}:\n{done.stderr.strip()}")
    sys.stderr.write(done.stderr)
    return done.returncode


def packed(content):
    return zlib.compress(content, 6)


def row(what, key, content):
    return pa.record_batch([[what], [key], [packed(content) if what == "said" else content]], schema=SCHEMA)


def plain(table):
    """A table with texts as columns that can be cut; what queuestat writes is read as views of texts."""
    return table.cast(pa.schema([(f.name, pa.string() if pa.types.is_string_view(f.type) else f.type) for f in table.schema]))


def place_key(organization, place, tables):
    """The table that a location is counted in."""
    return zlib.crc32(f"{organization}\0{place}".encode()) % tables


def cut(path, key_of):
    """The rows of a Parquet file by key, each as a Parquet file of its own: pairs of a key and bytes. `key_of` gives the keys of a
    batch. A row group is held at a time."""
    source = pq.ParquetFile(path)
    for group in range(source.num_row_groups):
        table = plain(source.read_row_group(group))
        keys = key_of(table)
        table = table.append_column("_key", keys)
        table = table.take(pc.sort_indices(keys))
        keys = table.column("_key")
        for key in pc.unique(keys).to_pylist():
            part = table.filter(pc.equal(keys, key)).drop_columns(["_key"])
            out = io.BytesIO()
            pq.write_table(part, out, compression="zstd")
            yield key, out.getvalue()


@contextlib.contextmanager
def step(shared, binary):
    """A folder for a step, with the files of the job in `work`; and the program."""
    with tempfile.TemporaryDirectory(prefix="queuestat-") as folder:
        folder = pathlib.Path(folder)
        work = folder / "work"
        work.mkdir()
        for name, content in shared.value.items():
            (work / name).write_bytes(zlib.decompress(content))
        yield folder, work, program(binary)


def program(binary):
    """Where queuestat is on this machine: a path, or the name of a file that Spark has brought."""
    if os.path.dirname(binary):
        return binary
    from pyspark import SparkFiles

    return SparkFiles.get(binary)


def fold(shared, binary):
    """Some rows of the list of files → partial tickets by part, and what the files say."""

    def of(batches):
        for batch in batches:
            for content in batch.column("content").to_pylist():
                with step(shared, binary) as (folder, work, queuestat):
                    files, out = folder / "files.parquet", folder / "out"
                    files.write_bytes(content)
                    run(queuestat, "fold", "--work", work, "--files", files, "--out", out)
                    for key, rows in cut(out / "tickets.parquet", lambda table: table.column("part")):
                        yield row("rows", key, rows)
                    yield row("said", 0, (out / "piece.json").read_bytes())

    return of


def collected(batches, folder):
    """Writes the rows of batches as files, a folder for each key; returns the keys."""
    keys = set()
    for batch in batches:
        for key, content in zip(batch.column("key").to_pylist(), batch.column("content").to_pylist()):
            place = folder / str(key)
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{len(list(place.iterdir()))}.parquet").write_bytes(content)
            keys.add(key)
    return sorted(keys)


def join(shared, binary, tables):
    """All partial tickets of some parts → tickets by table, and how many of which kind there are."""

    def key_of(table):
        # Few locations, many rows: each is looked at once.
        pairs = pc.binary_join_element_wise(table.column("organization"), table.column("place"), "\0").combine_chunks().dictionary_encode()
        keys = [place_key(*pair.split("\0", 1), tables) for pair in pairs.dictionary.to_pylist()]
        return pc.take(pa.array(keys, pa.int64()), pairs.indices)

    def of(batches):
        with step(shared, binary) as (folder, work, queuestat):
            for part in collected(batches, folder / "parts"):
                out = folder / "out"
                run(queuestat, "join", folder / "parts" / str(part), "--work", work, "--out", out)
                for key, rows in cut(out / "tickets.parquet", key_of):
                    yield row("rows", key, rows)
                yield row("said", part, (out / "piece.json").read_bytes())
                shutil.rmtree(folder / "parts" / str(part))

    return of


def tabulate(shared, binary):
    """All tickets of some locations → tables."""

    def of(batches):
        with step(shared, binary) as (folder, work, queuestat):
            for key in collected(batches, folder / "places"):
                out = folder / "out"
                run(queuestat, "tabulate", folder / "places" / str(key), "--work", work, "--out", out)
                yield row("said", key, (out / "tables.postcard").read_bytes())
                shutil.rmtree(folder / "places" / str(key))

    return of


def spread(files, most):
    """The rows of the list of files in tasks of about `most` bytes, as Parquet files. Members of one container stay together, so
    that it is opened once; a file that is larger is a task of its own."""
    sizes = files.column("bytes").to_pylist()
    paths = files.column("path").to_pylist()
    by_path = {}
    for at, (path, size) in enumerate(zip(paths, sizes)):
        by_path.setdefault(path, []).append((at, size or 0))
    tasks, held = [], 0
    # The largest first, so that no long task begins last.
    for some in sorted(by_path.values(), key=lambda some: -sum(size for _, size in some)):
        size = sum(size for _, size in some)
        if not tasks or held + size > most:
            tasks.append([])
            held = 0
        tasks[-1].extend(at for at, _ in some)
        held += size
    for task in tasks:
        out = io.BytesIO()
        pq.write_table(files.take(sorted(task)), out)
        yield out.getvalue()


def brought_together(rows, parts):
    """The rows of each key in one task, a task for each key as far as Spark can."""
    if hasattr(rows, "repartitionById"):
        return rows.repartitionById(parts, rows["key"].cast("int"))
    # Before Spark 4.1 keys are hashed: some tasks get several, and some none.
    return rows.repartition(parts, "key")


def write_all(rows, folder, suffix):
    """Writes what steps say to a folder, one after the other."""
    folder.mkdir()
    for at, one in enumerate(rows.toLocalIterator()):
        (folder / f"{at}{suffix}").write_bytes(zlib.decompress(bytes(one["content"])))
    return folder


def share(context, work, *names):
    """Files of the job, for the executors."""
    return context.broadcast({name: packed((work / name).read_bytes()) for name in names})


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", nargs="+", required=True, help="folders and files, as `queuestat report` takes them; every executor must find them there")
    parser.add_argument("--out", required=True, help="folder to publish, on the driver")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--binary", help="queuestat on the driver; Spark takes it to the executors")
    where.add_argument("--binary-there", help="where queuestat is on the driver and on all executors")
    parser.add_argument("--config", help="queuestat.toml, on the driver")
    parser.add_argument("--as-of", help="the instant of the run; without it, now")
    parser.add_argument("--list", default="", help="more options of `queuestat pieces list`, as one text")
    parser.add_argument("--places", default="", help="more options of `queuestat pieces places`, such as \"--from 2021-03-01\"")
    parser.add_argument("--publish", default="", help="more options of `queuestat pieces publish`, such as \"--only csv\"")
    parser.add_argument("--fold-bytes", type=int, default=256 << 20, help="bytes of files that one task reads [256 MiB]")
    parser.add_argument("--parts", type=int, default=64, help="parts that tickets are joined in: about one for 2,000,000 tickets, and as many as cores")
    parser.add_argument("--tables", type=int, default=64, help="parts that locations are counted in")
    parser.add_argument("--work", help="folder for the files of the driver [a temporary one]")
    return parser.parse_args()


def main():
    args = arguments()
    from pyspark import StorageLevel
    from pyspark.sql import SparkSession, functions

    spark = SparkSession.builder.appName("queuestat").getOrCreate()
    # A row is a file: few of them fill the memory.
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", 4)
    # The number of parts says how many tasks there are.
    spark.conf.set("spark.sql.adaptive.enabled", "false")
    context = spark.sparkContext
    if args.binary:
        context.addFile(os.path.abspath(args.binary))
        here, there = os.path.abspath(args.binary), os.path.basename(args.binary)
    else:
        here = there = os.path.abspath(args.binary_there)

    def select(frame, what):
        return frame.where(functions.col("what") == what)

    with tempfile.TemporaryDirectory(prefix="queuestat-", dir=args.work) as folder:
        folder = pathlib.Path(folder)
        work = folder / "work"
        given = [option for name, value in (("--config", args.config), ("--as-of", args.as_of)) if value for option in (name, value)]
        run(here, "list", *args.archive, "--work", work, "--parts", args.parts, *given, *shlex.split(args.list))

        tasks = list(spread(plain(pq.read_table(work / "files.parquet")), args.fold_bytes))
        rows = context.parallelize([("files", at, bytearray(task)) for at, task in enumerate(tasks)], max(len(tasks), 1))
        files = spark.createDataFrame(rows, SPARK_SCHEMA)
        folded = files.mapInArrow(fold(share(context, work, "list.json"), there), SPARK_SCHEMA).persist(StorageLevel.DISK_ONLY)
        # All tasks at once; what is read of them one by one afterwards is kept by the executors.
        folded.count()
        said = write_all(select(folded, "said"), folder / "folds", ".json")
        run(here, "names", said, "--work", work)

        parts = brought_together(select(folded, "rows"), args.parts)
        shared = share(context, work, "list.json", "names.json")
        joined = parts.mapInArrow(join(shared, there, args.tables), SPARK_SCHEMA).persist(StorageLevel.DISK_ONLY)
        joined.count()
        said = write_all(select(joined, "said"), folder / "joins", ".json")
        run(here, "places", said, "--work", work, *shlex.split(args.places))
        folded.unpersist()

        places = brought_together(select(joined, "rows"), args.tables)
        shared = share(context, work, "list.json", "names.json", "places.json")
        tables = places.mapInArrow(tabulate(shared, there), SPARK_SCHEMA).persist(StorageLevel.DISK_ONLY)
        tables.count()
        said = write_all(tables, folder / "tables", ".postcard")
        code = run(here, "publish", said, "--work", work, "--out", os.path.abspath(args.out), *shlex.split(args.publish))
    spark.stop()
    sys.exit(code)


if __name__ == "__main__":
    main()
