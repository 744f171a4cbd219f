"""The benchmarks' own instruments: what they report is what happened."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.operations import PutMany
from tests.benchmarks import items as generator
from tests.benchmarks.meter import Usage, descendants
from tests.benchmarks.proxy import RequestCounter, counting_proxy

ROOT = Path(__file__).parents[2]
COUNT = 2000
KEYS = (
    *("measure", "n", "changed", "device", "cpu_s", "server_cpu_s", "wall_s"),
    *("bytes_up", "bytes_down", "requests", "peak_rss_mib", "server_peak_rss_mib"),
)


@pytest.fixture(scope="module")
def made():
    return list(generator.items(COUNT, seed=7))


def test_items_are_the_same_for_the_same_seed_and_of_the_size_agreed(made):
    assert list(generator.items(COUNT, seed=7)) == made
    assert list(generator.items(COUNT, seed=8)) != made
    assert 234 <= sum(item.size for item in made) / COUNT <= 254
    assert {len(item.notes.split()) for item in made} == set(range(12, 31))


def test_planted_words_stand_where_searches_expect_them(made):
    for word, hits in (
        (generator.RARE, generator.RARE_HITS),
        (generator.COMMON, generator.COMMON_HITS),
        (generator.LAST_WORD, 1),
    ):
        assert sum(word in " ".join(item).lower().split() for item in made) == hits
    assert generator.LAST_WORD in made[-1].notes


def test_batch_gives_every_record_an_id_of_its_own_and_every_column_its_length(made):
    batch = generator.batch(made, first=1 << 100)
    ids = [record for operation in batch.operations for record in operation.records]
    assert len(set(ids)) == len(ids)
    assert len(batch.copies) == COUNT
    for operation in batch.operations:
        assert isinstance(operation, PutMany)
        assert {len(column) for column in operation.columns} == {len(operation.records)}


REQUESTS = (
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    b"POST /x HTTP/1.1\r\nContent-Length: 18\r\n\r\nGET / HTTP/1.1\r\n\r\n"
    b"POST /y HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\nGET /\r\ne;a=b\r\n\r\n\r\n\r\n\r\n123456\r\n0\r\n\r\n"
    b"DELETE /z HTTP/1.1\r\n\r\n"
)


@given(st.lists(st.integers(0, len(REQUESTS)), max_size=12))
def test_requests_are_counted_however_the_stream_is_cut(cuts):
    counter = RequestCounter()
    edges = [0, *sorted(cuts), len(REQUESTS)]
    for start, end in pairwise(edges):
        counter.feed(REQUESTS[start:end])
    assert counter.requests == 4


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def test_proxy_passes_every_byte_and_counts_it():
    body = os.urandom(300_000)
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever).start()
        with counting_proxy(server.server_port) as proxy, httpx.Client() as client:
            for _ in range(3):
                answer = client.post(f"http://127.0.0.1:{proxy.port}/", content=body)
                assert answer.content == body
            traffic = proxy.traffic
        server.shutdown()
    assert traffic.requests == 3
    for way in (traffic.bytes_up, traffic.bytes_down):
        assert 3 * len(body) < way < 3 * len(body) + 3000


def test_usage_counts_children_and_peaks():
    work = "b'x' * (80 << 20); sum(i for i in range(3_000_000)); print('x', flush=True); input()"
    family = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", family], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout.readline() == b"x\n"
        usage = Usage.of(parent.pid)
        assert len(descendants(parent.pid)) == 1
        parent.communicate(b"\n")
    assert usage.peak_kib > 80 << 10
    assert 0.05 < usage.cpu_s < 5


def test_bench_prints_a_line_a_measure():
    wanted = ["create", "search", "full_upload", "full_download"]
    run = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "--n", "1000", "--measure", *wanted],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert [(line["measure"], line["device"]) for line in lines] == [
        ("create", "A"),
        ("search", "A"),
        ("search", "A"),
        ("full_upload", "A"),
        ("full_download", "B"),
    ]
    for line in lines:
        assert set(KEYS) <= set(line)
        assert line["n"] == 1000
        assert 0 < line["cpu_s"] < 10
    upload, download = lines[-2:]
    assert upload["requests"] == 1
    assert 30_000 < upload["bytes_up"] < 100_000
    assert 30_000 < download["bytes_down"] < 100_000
    assert upload["server_cpu_s"] > 0
    assert upload["server_peak_rss_mib"] > 10
    assert lines[0]["requests"] is None
