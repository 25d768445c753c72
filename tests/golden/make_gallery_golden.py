"""Records a small index of lists, and what a search finds in it.

Run as `python -m tests.golden.make_gallery_golden`; it rewrites gallery_lists.json beside it.
"""

import base64
import json
from pathlib import Path

import numpy as np
from rich.console import Console

from builder.gallery.index.bank import Bank
from builder.gallery.index.files import NamedFiles
from builder.gallery.index.list_files import add_list_index
from builder.gallery.index.lists import Scope
from builder.gallery.index.train import train_lists
from builder.progress import Progress
from tests.gallery.index.rows import make_rows

PATH = Path(__file__).with_name("gallery_lists.json")
SCOPE = Scope(share=0.995, probes=5, slack=0.1, blocks=4)


def main() -> None:
    """Write the file."""
    rows = make_rows(900, 16, clumps=30)
    sentences = make_rows(400, 16, clumps=30, seed=1).astype(np.float32)
    bank = Bank(sentences[40:], sentences[:40])
    lists, _, _ = train_lists(rows, bank, Progress(Console(quiet=True)))
    files = NamedFiles()
    index = add_list_index(lists, SCOPE, files)
    searches = []
    for query in bank.held_out[:6]:
        found = lists.search(query, SCOPE, 12)
        searches.append(
            {
                "query": query.tolist(),
                "positions": found.positions.tolist(),
                "similarities": found.similarities.tolist(),
                "bytes": found.bytes,
                "lists": found.lists,
                "blocks": found.blocks,
            }
        )
    golden = {
        "pictures": len(rows),
        "dim": rows.shape[1],
        "index": index.model_dump(mode="json", by_alias=True),
        "files": {url: base64.b64encode(data).decode() for url, data in files.contents.items()},
        "searches": searches,
        "row": (lists.rows[700] / np.linalg.norm(lists.rows[700])).tolist(),
    }
    PATH.write_text(json.dumps(golden, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
