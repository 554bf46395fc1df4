"""Writes test/goldens/fixtures/metrics.json: hard little texts, and what the programs of reference say of them.

Made with `requirements-metrics.txt` beside this file: sacreBLEU (BLEU, chrF), rouge-score (ROUGE), RapidFuzz (edit
distances) and scikit-learn (F1)."""

import itertools
import json
import logging
from importlib.metadata import version
from pathlib import Path
from random import Random

import sacrebleu
from rapidfuzz.distance import Levenshtein
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import BLEU, CHRF
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_recall_fscore_support

PATH = Path(__file__).resolve().parents[2] / "test" / "goldens" / "fixtures" / "metrics.json"

PAIRS = [
    # English
    ("The dog is running across the lawn.", "The dog runs across the grass."),
    ("A man, a plan, a canal: Panama!", "A man - a plan - a canal : Panama !"),
    ("the the the the the the the", "The cat is on the mat."),
    ("It is a guide to action which ensures that the military always obeys the commands of the party.",
     "It is a guide to action that ensures that the military will forever heed Party commands."),
    ("two men sit there", "two men sit there"),
    ("two men sit there", "two men sit there"),
    # Numbers, full stops, commas, hyphens
    ("It cost $1,500.50, i.e. 3.5% more than in 2016-17.", "It cost $1,500.50 , i.e. 3.5 % more than in 2016 - 17 ."),
    (".5 and 5. and .,. and 1,2.3,4. 5-6 -7 8-", "0.5 and 5 . and . , . and 1,2.3,4 . 5 - 6 -7 8 -"),
    ("a well-known state-of-the-art e-mail_address@x.org/path?x=1&y=2", "a well known state of the art e-mail_address@x.org/path?x=1&amp;y=2"),
    # Quotes and entities
    ('He said &quot;yes&quot; &amp; left &lt;b&gt;.', 'He said "yes" & left <b>.'),
    ("It's Peter's ‘dog’, “isn’t” it — or…?", "It's Peter's 'dog', \"isn't\" it - or...?"),
    ("&amp;quot; &amp;lt; <skipped> [x] {y} (z) ~`^|\\", "&quot; &lt; [x] {y} (z) ~`^|\\"),
    # German
    ("Zwei Männer stehen an der Straße, größer als zuvor.", "Zwei Maenner stehen an der STRASSE, größer denn je."),
    ("„Über den Wolken“ kostete 3,50 €.", "»Über den Wolken« kostete 3.50 €!"),
    # Chinese, with Latin letters, supplementary planes and full-width forms
    ("一只狗在草地上奔跑。", "一条狗跑过草地。"),
    ("我在2016年用GPT-2翻译了3.5万句话，很好！", "２０１６年我用 GPT-2 翻译了 3.5 万句话，很好!"),
    ("𠀀𠀁字\u3000“引号”…", "𠀀𠀁 字 “引号” ……"),
    ("東京はとてもきれいです。", "東京はきれいだ。"),
    # Right to left, combining marks, others
    ("كلب يركض عبر العشب.", "الكلب يركض على العشب، الآن."),
    ("שני גברים יושבים שם", "שני גברים עומדים שם"),
    ("cafe\u0301 naïve Ångström ﬁne", "café naïve Ångström fine"),
    ("สวัสดีครับ नमस्ते दुनिया", "สวัสดีค่ะ नमस्ते संसार"),
    ("İstanbul ΣΟΦΟΣ Straße KELVIN \u212a", "i̇stanbul σοφος strasse kelvin k"),
    # Emoji
    ("I ❤️ this 😀😀 👩‍👩‍👧 flag 🇩🇪.", "I ❤ this 😀 👩‍👩‍👧 flag 🇫🇷!"),
    ("😀.😀,5😀-", "😀 . 😀 , 5 😀 -"),
    # White space, lines
    ("  two   spaces\tand\u00a0more \u2003 ", "two spaces and more"),
    ("a line-\nbroken word\nand lines", "a linebroken word and lines"),
    ("odd\u001cseparators\u0085here\ufeffthere", "odd separators here there"),
    ("first line of it.\nsecond line, longer.\n\nthird", "second line is longer.\nfirst of it\nthird line"),
    ("the cat sat. the cat ran.\nthe dog sat", "the dog sat the cat\nthe cat sat the dog\n\n"),
    # Short, empty, nothing in common
    ("yes", "Yes"),
    ("no no", "no"),
    ("a b c", "a b c d"),
    ("", "not empty"),
    ("not empty", ""),
    ("", ""),
    (" \n ", "."),
    ("completely different", "nothing shared here at all"),
    # Long
    ("a " * 40 + "b", "a b " * 30),
]

MULTIPLE = [
    ("It is a guide to action which ensures that the military always obeys the commands of the party.",
     ["It is a guide to action that ensures that the military will forever heed Party commands.",
      "It is the guiding principle which guarantees the military forces always being under the command of the Party.",
      "It is the practical guide for the army always to heed the directions of the party."]),
    ("the the the the the the the", ["The cat is on the mat.", "There is a cat on the mat.", "the the"]),
    ("five words are right here", ["four words are here", "six words are right here now", "five words"]),
    ("一只狗在草地上奔跑。", ["一条狗跑过草地。", "狗在草地上奔跑。", ""]),
    ("", ["", "x", "y z"]),
    ("ab", ["abc abc", "ab ab ab", "b"]),
    ("a b", ["a", "b", "a b c d"]),  # as good, one in recall, one in precision
]

# Lines of few words, of which there are several longest common subsequences: which one is taken shows in ROUGE-Lsum.
LINES = [
    ("b a d c a\nc b\na d b d", "a b a c d b\nd c a b"),
    *[
        ("\n".join(" ".join(random.choices("abcd", k=random.randint(0, 9))) for _ in range(random.randint(1, 4))),
         "\n".join(" ".join(random.choices("abcd", k=random.randint(0, 9))) for _ in range(random.randint(1, 4))))
        for random in [Random(7)] for _ in range(30)
    ],
]

LABELS = [(p, e) for p, e in zip("aabbbcdaacbbaadcab", "aabbacdabcbcaeacab")]


def columns(pairs):
    """sacreBLEU wants references by number; where a pair has fewer, None stands in."""
    most = max(len(references) for _, references in pairs)
    return [[references[i] if i < len(references) else None for _, references in pairs] for i in range(most)]


SETS = {
    "hard": [(h, [r]) for h, r in PAIRS],
    "identical": [(r, [r]) for _, r in PAIRS if r.strip()],
    "empty hypotheses": [("", [r]) for _, r in PAIRS[:5]],
    "empty references": [(h, [""]) for h, _ in PAIRS[:5]],
    "nothing right": [("x y z w v", ["a b c d e f"]), ("q", ["a"])],
    "short": [("yes", ["yes"]), ("no", ["yes"]), ("a b", ["a b"])],
    "lines": [(h, [r]) for h, r in LINES],
    "three references": MULTIPLE,
    "one to three references": [(h, r[: 1 + i % 3]) for i, (h, r) in enumerate(MULTIPLE)],
}

BLEU_OPTIONS = [
    *[{"tokenize": t, "lowercase": c} for t, c in itertools.product(["13a", "zh", "char", "none"], [False, True])],
    {"smooth_method": "none"},
    {"smooth_method": "floor"},
    {"smooth_method": "floor", "smooth_value": 0.01},
    {"smooth_method": "add-k"},
    {"smooth_method": "add-k", "smooth_value": 2.5},
    *[{"smooth_method": m, "effective_order": True} for m in ["exp", "none", "floor", "add-k"]],
    {"max_ngram_order": 2},
    {"max_ngram_order": 6, "tokenize": "char"},
]

CHRF_OPTIONS = [
    {},
    {"word_order": 2},
    {"word_order": 2, "lowercase": True},
    {"whitespace": True},
    {"eps_smoothing": True},
    {"word_order": 2, "eps_smoothing": True, "whitespace": True},
    {"char_order": 3, "word_order": 1, "beta": 1},
]


def signature(metric):
    return metric.get_signature().format().removesuffix(f"|version:{sacrebleu.__version__}")


def bleu(name, options):
    pairs = SETS[name]
    metric = BLEU(force=True, **options)
    score = metric.corpus_score([h for h, _ in pairs], columns(pairs))
    return {
        "set": name,
        "options": options,
        "signature": signature(metric),
        "score": score.score,
        "counts": score.counts,
        "totals": score.totals,
        "precisions": score.precisions,
        "brevityPenalty": score.bp,
        "hypothesisLength": score.sys_len,
        "referenceLength": score.ref_len,
        "sentences": [metric.sentence_score(h, r).score for h, r in pairs],
    }


def interval(name):
    """Mean and half width of the 95 % interval, by the bootstrap's own random numbers: to be met roughly."""
    score = BLEU(force=True).corpus_score([h for h, _ in SETS[name]], columns(SETS[name]), n_bootstrap=20_000)
    return {"set": name, "mean": score._mean, "half": score._ci}


def chrf(name, options):
    pairs = SETS[name]
    metric = CHRF(**options)
    score = metric.corpus_score([h for h, _ in pairs], columns(pairs))
    return {
        "set": name,
        "options": options,
        "signature": signature(metric),
        "name": score.name,
        "score": score.score,
        "sentences": [metric.sentence_score(h, r).score for h, r in pairs],
    }


def rouge(name):
    kinds = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
    scorer = RougeScorer(kinds)
    pairs = [scorer.score_multi(r, h) for h, r in SETS[name]]
    return {"set": name, "pairs": [{kind: list(pair[kind]) for kind in kinds} for pair in pairs]}


def errors(name):
    pairs = [(h, r[0]) for h, r in SETS[name]]
    return {
        "set": name,
        "characters": [Levenshtein.distance(h, r) for h, r in pairs],
        "words": [Levenshtein.distance(h.split(), r.split()) for h, r in pairs],
        "characterLengths": [len(r) for _, r in pairs],
        "wordLengths": [len(r.split()) for _, r in pairs],
    }


def classification():
    predicted, expected = [p for p, _ in LABELS], [e for _, e in LABELS]
    labels = sorted({*predicted, *expected})
    precision, recall, f, _ = precision_recall_fscore_support(expected, predicted, labels=labels, zero_division=0)
    return {
        "predicted": predicted,
        "expected": expected,
        "labels": labels,
        "matrix": confusion_matrix(expected, predicted, labels=labels).tolist(),
        "accuracy": float(accuracy_score(expected, predicted)),
        "macroF1": float(f1_score(expected, predicted, average="macro", zero_division=0)),
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f": f.tolist(),
    }


def tokens(name):
    """Each text of the hard pairs as BLEU cuts it."""
    metric = BLEU(tokenize=name)
    return [metric._preprocess_segment(text).split() for text in itertools.chain(*PAIRS)]


def main():
    logging.disable()
    packages = ["sacrebleu", "rouge-score", "rapidfuzz", "scikit-learn"]
    everywhere = [{"tokenize": "13a"}, {"tokenize": "zh"}, {"smooth_method": "add-k"}, {"effective_order": True}]
    golden = {
        "framework": ", ".join(f"{package} {version(package)}" for package in packages),
        "sets": {name: {"hypotheses": [h for h, _ in pairs], "references": [r for _, r in pairs]} for name, pairs in SETS.items()},
        "tokens": {name: tokens(name) for name in ["13a", "zh", "char", "none"]},
        "bleu": [
            *[bleu("hard", options) for options in BLEU_OPTIONS],
            *[bleu(name, options) for name in SETS if name != "hard" for options in everywhere],
        ],
        "chrf": [
            *[chrf("hard", options) for options in CHRF_OPTIONS],
            *[chrf(name, options) for name in SETS if name != "hard" for options in CHRF_OPTIONS[:2] + CHRF_OPTIONS[4:5]],
        ],
        "interval": interval("hard"),
        "rouge": [rouge(name) for name in SETS],
        "errors": [errors(name) for name in SETS],
        "labels": classification(),
    }
    lines = ",\n".join(f"{json.dumps(key)}: {block(value)}" for key, value in golden.items())
    PATH.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def block(value):
    """JSON, an entry a line, so that what changes can be seen. Escaped: some of the characters do not survive editors."""
    if isinstance(value, list):
        return "[\n" + ",\n".join(f"  {json.dumps(entry)}" for entry in value) + "\n]"
    if isinstance(value, dict):
        return "{\n" + ",\n".join(f"  {json.dumps(key)}: {json.dumps(entry)}" for key, entry in value.items()) + "\n}"
    return json.dumps(value)


main()
