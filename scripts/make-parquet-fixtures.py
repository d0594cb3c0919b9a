"""Writes src/formats/containers/fixtures/*.parquet: one table, in the ways that pyarrow writes Parquet.

    python3 -m venv /tmp/v && /tmp/v/bin/pip install pyarrow==26.0.0 && /tmp/v/bin/python scripts/make-parquet-fixtures.py
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

folder = Path(__file__).parent.parent / "src/formats/containers/fixtures"
folder.mkdir(parents=True, exist_ok=True)
rows = 300
table = pa.table(
    {
        "file_name": [f"clip {i:03}.wav" for i in range(rows)],
        "label": [["dog", "Vögel", None][i % 3] for i in range(rows)],
        "take": pa.array([i * i - 100 for i in range(rows)], pa.int32()),
        "bytes": pa.array([i * 10**9 for i in range(rows)], pa.int64()),
        "score": [i / 8 for i in range(rows)],
        "checked": [i % 5 == 0 for i in range(rows)],
        "labels": [["dog"] * (i % 4) + ["cat"] * (i % 2) for i in range(rows)],
        "audio": [{"path": "x.wav", "bytes": b"\x00\x01"} for i in range(rows)],
        "same": ["constant"] * rows,
    }
)
plain = {"use_dictionary": False, "compression": "NONE"}
ways = {
    "snappy": {},
    "pages-v2": {"data_page_version": "2.0", "row_group_size": 100},
    "plain": {**plain, "data_page_size": 512},
    "deltas": {
        **plain,
        "column_encoding": {
            "file_name": "DELTA_LENGTH_BYTE_ARRAY",
            "take": "DELTA_BINARY_PACKED",
            "bytes": "DELTA_BINARY_PACKED",
            "score": "BYTE_STREAM_SPLIT",
        },
    },
    "delta-bytes": {**plain, "column_encoding": {"file_name": "DELTA_BYTE_ARRAY"}},
    "zstd": {"compression": "ZSTD"},
}
for name, options in ways.items():
    pq.write_table(table, folder / f"{name}.parquet", **options)
