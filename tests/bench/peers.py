"""What the peers run: the same tables as queries, and the bare decompression that no reader can do without.

Each script is run by the Python of the throw-away environment, in a process of its own, and prints one line of JSON.
"""

PACKAGES = ["duckdb", "polars", "chdb", "isal", "zlib-ng", "zstandard"]

# The full ticket record: what `queuestat` joins, as a query. Every field is declared, so nothing is guessed.
TICKETS = """
WITH lines AS (
  SELECT type AS event, organization, data.position AS p, filename
  FROM read_json({files}, format='newline_delimited', filename=true, maximum_object_size=1048576, columns={{
    type: 'VARCHAR', organization: 'VARCHAR',
    data: 'STRUCT(position STRUCT(id VARCHAR, location JSON, type VARCHAR, queue VARCHAR, status VARCHAR, createdAt TIMESTAMP,
      activatedAt TIMESTAMP, calledAt TIMESTAMP, fulfilledAt TIMESTAMP, completedAt TIMESTAMP, rejectedAt TIMESTAMP,
      retryCount INTEGER, numberOfPeople INTEGER, booking STRUCT("start" TIMESTAMP, "end" TIMESTAMP), feedback STRUCT(rating DOUBLE)))'}})),
snapshots AS (
  SELECT *, greatest(p.createdAt, p.activatedAt, p.calledAt, p.fulfilledAt, p.completedAt, p.rejectedAt) AS k,
    CASE WHEN event IN ('positionFulfilled','positionCompleted','feedbackReceived') OR p.status IN ('fulfilled','completed') THEN p.fulfilledAt END AS checked_in,
    coalesce(p.location->>'locationName', p.location->>'$') AS name FROM lines),
tickets AS (
  SELECT organization, p.id AS id, min(p.createdAt) AS created, min(p.activatedAt) AS activated, min(p.calledAt) AS called,
    max(p.calledAt) AS last_called, min(checked_in) AS checked_in, min(p.completedAt) AS completed, min(p.rejectedAt) AS rejected,
    max(p.retryCount) AS retries, max_by(name, k) AS location, max_by(p.queue, k) AS queue, max_by(p.type, k) AS kind,
    max_by(p.numberOfPeople, k) AS people, max_by(p.booking."start", k) AS start, max_by(p.booking."end", k) AS "end",
    max_by(p.feedback.rating, k) FILTER (p.feedback.rating IS NOT NULL) AS rating,
    bool_or(event IN ('positionFulfilled','positionCompleted') OR p.status IN ('fulfilled','completed') OR checked_in IS NOT NULL) AS served,
    bool_or(event = 'positionCancelled') AS by_customer, bool_or(event = 'positionCancelledByStaff') AS by_staff,
    bool_or(event IN ('positionRemoved','bookingRemoved')) AS removed, bool_or(p.status = 'rejected') AS was_rejected
  FROM snapshots GROUP BY ALL),
entries AS (
  SELECT *, CAST(CASE WHEN kind = 'booking' THEN coalesce(start, created) ELSE created END AS DATE) AS day,
    epoch_ms(checked_in) - epoch_ms(CASE WHEN kind = 'booking' THEN greatest(created, coalesce(activated, start)) ELSE created END) AS ms FROM tickets),
waits AS (
  SELECT *, CASE WHEN ms > 86400000 THEN NULL WHEN ms >= 0 THEN ms // 1000 WHEN ms >= -2000 OR (ms < 0 AND kind = 'booking') THEN 0 END AS wait FROM entries)
"""

# One row per location and day, as `daily.csv`: this is what is timed.
DUCKDB_FULL = TICKETS + """
SELECT organization, location, day, count(*) AS tickets, count(*) FILTER (served) AS served, count(rating) AS ratings, sum(rating) AS stars,
  count(*) FILTER (NOT served AND by_customer) AS by_customer, count(*) FILTER (NOT served AND NOT by_customer AND by_staff) AS by_staff,
  quantile_cont(wait, 0.5) AS p50, quantile_cont(wait, 0.9) AS p90
FROM waits GROUP BY ALL
"""

# One row per location, as `locations.csv`: not timed, only compared. Two oddities of the archive are settled here: some
# webhooks of one queue come without a name, and we take the queue's; one location is renamed halfway, and the query does
# not break ties of time by kind of event and line, so its two names are compared as one. For the same reason the stars
# are not compared: of two ratings of one visit, which carry no time of their own, the query takes any.
DUCKDB_COMPARE = TICKETS + """
SELECT organization, CASE WHEN location IS NULL THEN 'Riyadh Vaccination' WHEN location IN {renamed} THEN '{renamed_to}' ELSE location END AS place,
  count(*) AS tickets, count(*) FILTER (served) AS served, count(rating) AS ratings,
  count(wait) AS waits, CAST(coalesce(sum(wait), 0) AS BIGINT) AS total, quantile_cont(wait, 0.5) AS p50, quantile_cont(wait, 0.9) AS p90
FROM waits GROUP BY ALL
"""

# The least that counts tickets and ratings per queue and day.
DUCKDB_NARROW = """
WITH lines AS (
  SELECT data.position AS p, type AS event
  FROM read_json({files}, format='newline_delimited', maximum_object_size=1048576, columns={{type: 'VARCHAR',
    data: 'STRUCT(position STRUCT(id VARCHAR, queue VARCHAR, createdAt TIMESTAMP, feedback STRUCT(rating DOUBLE)))'}})),
tickets AS (SELECT p.id AS id, any_value(p.queue) AS queue, min(p.createdAt) AS created, max(p.feedback.rating) AS rating FROM lines GROUP BY 1)
SELECT queue, CAST(created AS DATE) AS day, count(*) AS tickets, count(rating) AS ratings, avg(rating) AS mean FROM tickets GROUP BY ALL
"""

# Runs a query and prints its rows, or with more arguments the sums of these columns.
DUCKDB = """
import duckdb, json, sys
duckdb.sql("SET enable_progress_bar = false")
rows = duckdb.sql(sys.argv[1]).fetchall()
if len(sys.argv) > 2:
    print(json.dumps([sum(row[int(at)] for row in rows) for at in sys.argv[2:]]))
else:
    print(json.dumps(rows))
"""

# As the narrowest query; tickets and ratings.
POLARS = """
import json, sys
import polars as pl
S = pl.Struct
position = S({"id": pl.String, "queue": pl.String, "createdAt": pl.String, "fulfilledAt": pl.String, "status": pl.String,
              "feedback": S({"rating": pl.Float64})})
frame = (pl.scan_ndjson(sys.argv[1:], schema={"type": pl.String, "organization": pl.String, "data": S({"position": position})})
  .select("type", pl.col("data").struct.field("position").struct.unnest())
  .group_by("id").agg(pl.col("queue").first(), pl.col("createdAt").min(), pl.col("feedback").struct.field("rating").max())
  .group_by("queue", pl.col("createdAt").str.slice(0, 10)).agg(pl.len(), pl.col("rating").count()))
out = frame.collect(engine="streaming")
print(json.dumps([out["len"].sum(), out["rating"].sum()]))
"""

# As the narrowest query; tickets and ratings.
CLICKHOUSE = """
import json, sys
import chdb
query = """ + '''"""
SELECT queue, toDate(substring(created, 1, 10)) AS day, count() AS tickets, count(rating) AS ratings, avg(rating) AS mean FROM (
  SELECT data.position.id AS id, any(data.position.queue) AS queue, min(data.position.createdAt) AS created,
    max(data.position.feedback.rating) AS rating
  FROM file('{files}', JSONEachRow,
    'data Tuple(position Tuple(id String, queue Nullable(String), createdAt String, feedback Tuple(rating Nullable(Float64))))')
  GROUP BY id)
GROUP BY queue, day
SETTINGS input_format_skip_unknown_fields = 1, input_format_json_ignore_unknown_keys_in_named_tuple = 1,
  input_format_json_defaults_for_missing_elements_in_named_tuple = 1, input_format_null_as_default = 1
"""''' + """
files = sys.argv[1:]
some = "{" + ",".join(files) + "}" if len(files) > 1 else files[0]
rows = json.loads(str(chdb.query(query.replace("{files}", some), "JSONCompact")))["data"]
print(json.dumps([sum(int(row[at]) for row in rows) for at in (2, 3)]))
"""

# Decompresses files to nowhere, each as a stream through one buffer, one thread a file and at most one a core; prints the
# bytes. The libraries are C or assembly and let go of the interpreter's lock.
BARE = """
import concurrent.futures, json, os, sys
library, files = sys.argv[1], sorted(sys.argv[2:], key=os.path.getsize, reverse=True)
def opened(path):
    if library == "isal":
        from isal import igzip
        return igzip.open(path, "rb")
    if library == "zlib-ng":
        from zlib_ng import gzip_ng
        return gzip_ng.open(path, "rb")
    import zstandard
    return zstandard.ZstdDecompressor().stream_reader(open(path, "rb"), read_across_frames=True)
def size(path):
    total, buffer = 0, memoryview(bytearray(1 << 18))
    with opened(path) as stream:
        while count := stream.readinto(buffer):
            total += count
    return total
with concurrent.futures.ThreadPoolExecutor(min(os.cpu_count(), len(files))) as pool:
    print(json.dumps(sum(pool.map(size, files))))
"""

# Versions, for the line about the machine.
VERSIONS = """
import importlib.metadata, platform, sys
print(", ".join(f"{name} {importlib.metadata.version(name)}" for name in sys.argv[1:]) + f", Python {platform.python_version()}")
"""

# Writes files compressed beside themselves, as the archiver would; run apart, so that its memory is not the benchmark's.
COMPRESS = """
import gzip, pathlib, shutil, sys
import zstandard
form, source, target = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
for path in sorted(source.rglob("*.jsonl")):
    suffix, write = (".gz", lambda p: gzip.GzipFile(p, "wb", 6, mtime=0)) if form == "gzip" else (".zst", lambda p: zstandard.open(p, "wb"))
    to = target / path.relative_to(source).with_name(path.name + suffix)
    to.parent.mkdir(parents=True, exist_ok=True)
    with path.open("rb") as lines, write(to) as out:
        shutil.copyfileobj(lines, out, 1 << 20)
"""
