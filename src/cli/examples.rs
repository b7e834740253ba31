//! Examples behind the help of commands and on their man pages. An indented line stays a line of its own.

/// Behind the help of the program.
pub(super) const PROGRAM: &str = "\
Examples:
  queuestat report data --out reports/today      read a folder, write CSV files, charts and pages
  queuestat ask archive --by location            any measure for any groups, as a table
  queuestat export tickets archive -o t.parquet  a row for each ticket, for other programs
  queuestat check archive                        what is in it, and what is not read
  queuestat locations archive                    its locations, their queues, zones, tickets and dates
  queuestat nightly --config queuestat.toml      read what is new, publish the reports of the configuration
  queuestat guide nightly                        the page of the guide on nightly runs
  queuestat synth --out demo                     make an archive to try things with

Exit codes:
  0 all well   1 internal error   2 usage   3 published, but look at the input
  4 refused, nothing published   5 input or output failed, nothing published   75 another run works there";

/// Behind that of `report`.
pub(super) const REPORT: &str = "\
Examples:
  queuestat report archive --out reports/march --from 2021-03 --to 2021-03
  queuestat report 'archive/**/*.jsonl.gz' --out reports/malmo --location malmo
  zcat old.gz | queuestat report - --out reports/old
  queuestat report --state queuestat-state --out reports/bookings --type booking
  queuestat report archive --out reports/all --json | jq .tickets";

/// Behind that of `ask`.
pub(super) const ASK: &str = "\
Examples:
  queuestat ask archive --by location --sort lost_rate --limit 10 --min-n 50
  queuestat ask --state queuestat-state --by week,type --location malmo --measure tickets,wait_p50,csat
  queuestat ask archive --by weekday,hour --queue reception --from 2021-03 --to 2021-03 -o hours.parquet";

/// Behind that of `compare`.
pub(super) const COMPARE: &str = "\
Examples:
  queuestat compare archive --from last-week --to last-week     against the week before
  queuestat compare archive --location malmo --with-location lund
  queuestat compare reports/old reports/new                     measure by measure; ends with 1 if a figure differs
  queuestat compare reports/old reports/new --cells             every cell that differs";

/// Behind that of `export`.
pub(super) const EXPORT: &str = "\
Examples:
  queuestat export tickets archive -o tickets.parquet
  queuestat export waits archive --location malmo --from 2021-03 --to 2021-03 -o waits.csv
  queuestat export ratings --state queuestat-state --format jsonl -o - | gzip > ratings.jsonl.gz";

/// Behind that of `init`.
pub(super) const INIT: &str = "\
Examples:
  queuestat init archive                               write queuestat.toml here
  queuestat init archive --output -                    print it
  queuestat init archive --time-zone Europe/Stockholm  with this zone in it";

/// Behind that of `nightly`.
pub(super) const NIGHTLY: &str = "\
Examples:
  queuestat nightly --config /srv/queue/queuestat.toml --quiet
  queuestat nightly --json | jq .warnings";

/// Behind that of `pieces`.
pub(super) const PIECES: &str = "\
Examples:
  queuestat pieces list archive --work work --as-of 2021-08-01T00:00:00Z
  queuestat pieces fold --work work --files 0-99 --out folds/0
  queuestat pieces names --work work folds
  queuestat pieces join --work work --out joins/0 folds
  queuestat pieces places --work work joins
  queuestat pieces tabulate --work work --out tables/0 joins
  queuestat pieces publish --work work --out reports/today tables

On one machine the rows need not be moved. On many, a program brings the rows of all folds together by the column `part`, for each \
join those of some parts; and the rows of all joins by the columns `organization` and `place`, for each tabulate those of some \
places. A piece that is made again counts once.";
