#!/bin/sh
# bench/history.sh: cruddur on a history of 100,000 messages, whose server is not there. What is measured is the start to the
# conversation on screen. The history is made once, by Benchmarks/HistoryBenchmark.
set -eu
cd "$(dirname "$0")/.."
place=${TMPDIR:-/tmp}/cruddur-bench-history
if [ ! -e "$place/config.json" ]; then
    mkdir -p "$place"
    "${HISTORY_BENCHMARK:-.build/release/HistoryBenchmark}" --keep "$place/history.sqlite" >/dev/null
    printf '{"backend_url": "http://127.0.0.1:9", "handle": "me", "tokens": {"access_token": "x"}, "history": {"path": "%s"}}' \
        "$place/history.sqlite" >"$place/config.json"
    chmod 600 "$place/config.json"
fi
exec "${CRUDDUR:-.build/release/cruddur}" --config "$place/config.json"
