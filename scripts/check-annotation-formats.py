"""Reads what Earmark's exporters wrote with the formats' own libraries, and prints what they find in it.

    EARMARK_FORMATS_OUT=/tmp/formats npx vitest run src/formats/testing/independent-readers.test.ts
    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install praatio jams soundevent
    /tmp/venv/bin/python scripts/check-annotation-formats.py /tmp/formats [FOLDER]

With a folder, what they read is saved again by them: the importers' fixtures.

praatio (MIT) reads the TextGrids, jams (ISC) the JAMS with its schema, soundevent (MIT, Whombat's own) the AOEF.
"""

import json
import sys
from pathlib import Path

import jams
from praatio import textgrid
from soundevent import io


def read_textgrids(folder: Path) -> dict:
    found = {}
    for path in sorted(folder.rglob("*.TextGrid")):
        grid = textgrid.openTextgrid(str(path), includeEmptyIntervals=False, duplicateNamesMode="error")
        found[str(path.relative_to(folder))] = {
            name: [[*map(float, entry[:-1]), entry[-1]] for entry in grid.getTier(name).entries] for name in grid.tierNames
        }
    return found


def read_jams(folder: Path) -> dict:
    found = {}
    for path in sorted(folder.rglob("*.jams")):
        jam = jams.load(str(path), validate=True, strict=True)
        found[str(path.relative_to(folder))] = {
            "duration": jam.file_metadata.duration,
            "observations": [
                [annotation.namespace, float(row.time), float(row.duration), row.value]
                for annotation in jam.annotations
                for row in annotation.data
            ],
        }
    return found


def read_aoef(folder: Path) -> dict:
    project = io.load(folder / "annotation-project.json", audio_dir=folder, type="annotation_project")
    return {
        str(annotation.clip.recording.path.relative_to(folder)): [
            [event.sound_event.geometry.type, event.sound_event.geometry.coordinates, [tag.value for tag in event.tags]]
            for event in annotation.sound_events
        ]
        for annotation in project.clip_annotations
    }


def save_again(root: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = "site a/2024.05.01 dawn"
    grid = textgrid.openTextgrid(str(root / f"textgrid/{name}.TextGrid"), includeEmptyIntervals=True)
    grid.save(str(folder / "dawn.TextGrid"), format="short_textgrid", includeBlankSpaces=True)
    jams.load(str(root / f"jams/{name}.jams")).save(str(folder / "dawn.jams"))
    project = io.load(root / "aoef/annotation-project.json", audio_dir=root, type="annotation_project")
    io.save(project, folder / "dawn.json", audio_dir=root)


def main() -> None:
    root = Path(sys.argv[1])
    if len(sys.argv) > 2:
        save_again(root, Path(sys.argv[2]))
    readers = {"textgrid": read_textgrids, "jams": read_jams, "aoef": read_aoef}
    print(json.dumps({name: read(root / name) for name, read in readers.items()}, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
