"""Models whose rows are precomputed: the data folders of the original LiT demo.

One folder for each model, as its page fetched them (github.com/google-research/big_vision,
big_vision/tools/lit_demo):

- `def.json`: `embedding_size`; `temperature`, which a cosine is multiplied by; and for the
  tokenizer `tokenizer_type`, `max_len` and `pad_value`.
- `zimgs.bin` and `ztxts.bin`: unit rows, little-endian float32; `zimgs.txt` and `ztxts.txt`: the id
  of the image, or the prompt, of each row, one per line.
- `vocabulary.json`: pieces and scores of a SentencePiece model.
- `tfjs/`: the text encoder as a TensorFlow.js graph model. It may be absent.
"""
