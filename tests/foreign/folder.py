"""A folder of Markdown as other programs write it."""

import os
from pathlib import Path
from textwrap import dedent

from tests.exchange.folder import PNG, SVG

FILES = {
    "index.md": """\
        ---
        title: "Welcome: start here"
        tags: [one, two]
        date: 2020-01-01
        ---
        # Welcome: start here

        Go on to [the second](notes/second.md#a-part), [elsewhere](https://example.org/x) or
        [[Third page|the third]]. See <https://example.org/y>, [nowhere](gone.md) and [@smith2019].

        ![Two paths](img/Path%20One.svg "The paths")

        <b>Bold</b> and <span style="color:red">red</span>, ~~struck~~ words.[^n]

        [^n]: Said in a note
            of two lines.
        """,
    "notes/second.md": """\
        +++
        title = "Second"
        weight = 2
        draft = true
        +++
        A part
        ------

        :::warning Be careful
        What to mind.

        ```python
        print("[not a link](x.md)")
        ```
        :::

        > [!TIP] A good way
        > Do it
        > like this.

        !!! note "By the way"
            More of it.

            !!! danger "Deep"
                Deeper.

        After. {{< youtube abc >}}

        {% include "../secret.md" %}

        --8<-- "other.md"

        /// law | not ours

        ![](https://example.org/far.png)
        ![[dot.png]]
        ![[Welcome]]

        <script>
        alert(1)
        </script>

        - [x] a task
        """,
    "notes/Third page.md": """\
        # Third page
        # Another first

        <!-- a comment
        of lines -->
        Text `[[kept]]` and {#an-id}.

        ![up](../../outside.png) ![not one](fake.png) ![again](../img/Path%20One.svg)
        """,
    "orphan.docx": "no Markdown",
    "notes/fake.png": "not a picture",
}


def a_foreign_folder(home: Path) -> Path:
    """Three pages, two pictures, and much that we don't have."""
    folder = home / "theirs"
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    (folder / "img").mkdir()
    (folder / "img/Path One.svg").write_bytes(SVG)
    (folder / "notes/dot.png").write_bytes(PNG)
    (home / "outside.png").write_bytes(PNG)
    os.symlink(home / "outside.png", folder / "linked.png")
    return folder
