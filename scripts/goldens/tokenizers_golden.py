"""Writes test/goldens/fixtures/tokenizer-golden.json: `python scripts/goldens/tokenizers_golden.py`
(`pip install -r scripts/goldens/requirements.txt` first): what Hugging Face's own package makes of our tokenizers' files,
which `scripts/goldens/tokenizers.mjs` writes. Per level and text: ids, and the text that they give back."""

import json
from pathlib import Path

import tokenizers

FOLDER = Path(__file__).resolve().parents[2] / "test" / "goldens" / "fixtures"
LEVELS = ["character", "word", "byte-pair"]


def row(tokenizer, text):
    ids = tokenizer.encode(text).ids
    decoded = tokenizer.decode(ids, skip_special_tokens=True)
    # Our files leave out special tokens by themselves.
    assert decoded == tokenizer.decode(ids, skip_special_tokens=False)
    return {"text": text, "ids": ids, "decoded": decoded}


def main():
    texts = json.loads((FOLDER / "tokenizer-texts.json").read_text(encoding="utf8"))
    rows = {}
    for level in LEVELS:
        content = (FOLDER / f"tokenizer-{level}.json").read_text(encoding="utf8")
        tokenizer = tokenizers.Tokenizer.from_str(content)
        # The package would write the file as we do.
        assert json.loads(tokenizer.to_str()) == json.loads(content), level
        rows[level] = [row(tokenizer, text) for text in texts["learn"] + texts["encode"]]
    golden = {"framework": f"tokenizers {tokenizers.__version__}", **rows}
    (FOLDER / "tokenizer-golden.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


main()
