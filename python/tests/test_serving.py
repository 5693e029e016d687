"""Models that answer Assay's requests, with a client written out here."""

from __future__ import annotations

import json
import math
import os
import struct
import subprocess
import unittest
from typing import Any, ClassVar, Optional

from support import ProgramTestCase

# A linear function of images [2, 1, 3]; a draw multiplies the logits by a random number.
linear = """
    import random
    print("loading")
    W = [[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [0.5, -1.0, 0.0, 2.0, 0.25, -3.0]]
    def lists(given):
        return given.tolist() if hasattr(given, "tolist") else given
    def pixels(images):
        return [[x for row in image for column in row for x in column] for image in lists(images)]
    def logits(images):
        print("computing")
        if any(9 in image for image in pixels(images)):
            raise ValueError("no such\\nimage")
        return [[sum(map(float.__mul__, row, image)) for row in W] for image in pixels(images)]
    def gradient(images, weights):
        summed = [[v * a + w * b for a, b in zip(*W)] for v, w in lists(weights)]
        return [[[row[:3]], [row[3:]]] for row in summed]
    def draws(images, indices, seed, purpose, passes, first):
        def factor(index, number):
            return random.Random(f"{seed} {purpose} {index} {number}").random()
        return [
            [[x * factor(index, first + k) for x in row] for k in range(passes)]
            for row, index in zip(logits(images), lists(indices))
        ]
    def draw_gradient(images, indices, weights, seed, purpose, passes, first):
        def factor(index, number):
            return random.Random(f"{seed} {purpose} {index} {number}").random()
        return gradient(images, [
            [sum(factor(index, first + k) * row[k][c] for k in range(passes)) for c in range(2)]
            for row, index in zip(lists(weights), lists(indices))
        ])
    assay.serve_functions(
        logits=logits, gradient=gradient, draws=draws, classes=2, shape=(2, 1, 3), weights=W,
        features={"sum": lambda images: [[sum(image)] for image in pixels(images)]},
        draw_gradient=draw_gradient,
        feature_gradients={
            "sum": lambda images, weights: [[[[w] * 3]] * 2 for w, in lists(weights)]},
        name="linear", batch=7)
"""

weights = [[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [0.5, -1.0, 0.0, 2.0, 0.25, -3.0]]
images = [[i / 8 + j / 32 for j in range(6)] for i in range(3)]


def frame(
    header: dict[str, Any], arrays: Optional[dict[str, tuple[str, list[int], list[Any]]]] = None
) -> bytes:
    listed, content = [], b""
    for name, (kind, shape, numbers) in (arrays or {}).items():
        listed.append({"name": name, "type": kind, "shape": shape})
        code = {"float32": "f", "uint32": "I", "uint64": "Q"}[kind]
        content += struct.pack(f"<{len(numbers)}{code}", *numbers)
    text = json.dumps({**header, "arrays": listed}).encode()
    return b"ASSY" + struct.pack("<I", len(text)) + text + content


def floats(shape: list[int], numbers: list[list[float]]) -> tuple[str, list[int], list[float]]:
    return "float32", shape, [number for row in numbers for number in row]


class Client:
    """Speaks with a served model as Assay does."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.number = 0

    def ask(self, request: str, arrays: Any = None, **fields: Any) -> tuple[dict[str, Any], Any]:
        self.number += 1
        self.send(frame({"request": request, "id": self.number, **fields}, arrays))
        header, answer = self.receive()
        assert header["id"] == self.number, header
        return header, answer

    def send(self, content: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(content)
        self.process.stdin.flush()

    def receive(self) -> tuple[dict[str, Any], Any]:
        output = self.process.stdout
        assert output is not None
        assert output.read(4) == b"ASSY"
        (length,) = struct.unpack("<I", output.read(4))
        header = json.loads(output.read(length))
        arrays = {}
        for listed in header.get("arrays", []):
            assert listed["type"] == "float32"
            count = math.prod(listed["shape"])
            numbers = struct.unpack(f"<{count}f", output.read(4 * count))
            arrays[listed["name"]] = (listed["shape"], list(numbers))
        return header, arrays


class ServingTests(ProgramTestCase):
    def serve(self, script: str = linear) -> Client:
        environment = {"ASSAY_MODEL_PROCESS": "0"}
        process = self.start(script, environment, stdin=subprocess.PIPE, text=False, bufsize=-1)
        return Client(process)  # type: ignore[arg-type]

    def end(self, client: Client, status: int = 0) -> str:
        """Closes standard input; what the program wrote to standard error."""
        output, error = client.process.communicate(timeout=60)
        self.assertEqual(client.process.returncode, status, error)
        self.assertEqual(output, b"")
        return error.decode()

    def check(self, made: Any, shape: list[int], numbers: list[float]) -> None:
        self.assertEqual(made[0], shape)
        for ours, theirs in zip(made[1], numbers):
            self.assertAlmostEqual(ours, theirs, places=5)

    some: ClassVar = {"images": floats([3, 2, 1, 3], images)}

    def test_a_model_says_what_it_is_and_answers_every_request(self) -> None:
        client = self.serve()
        hello, _ = client.ask("hello", version=1)
        self.assertEqual(hello["answer"], "hello")
        for field, value in {
            "version": 1, "name": "linear", "classes": 2, "shape": [2, 1, 3],
            "layout": "channels_last",
            "capabilities": ["gradient", "draws", "features", "draw_gradient", "feature_gradient"],
            "layers": {"sum": 1}, "default_layer": "sum", "batch": 7, "device": "cpu",
        }.items():  # fmt: skip
            self.assertEqual(hello[field], value, field)
        self.assertRegex(hello["digest"], "^[0-9a-f]{64}$")

        logits = [sum(w * x for w, x in zip(row, image)) for image in images for row in weights]
        _, made = client.ask("logits", self.some, keep=True)
        self.check(made["logits"], [3, 2], logits)

        factors = [[1.0, 0.0], [0.0, 1.0], [2.0, -0.5]]
        _, made = client.ask(
            "gradient", {**self.some, "weights": floats([3, 2], factors)}, kept=False
        )
        gradients = [v * a + w * b for v, w in factors for a, b in zip(*weights)]
        self.check(made["gradient"], [3, 2, 1, 3], gradients)

        _, made = client.ask("features", self.some, layer="sum")
        self.check(made["features"], [3, 1], [sum(image) for image in images])
        _, made = client.ask(
            "feature_gradient",
            {**self.some, "weights": floats([3, 1], [[1.0], [-2.0], [0.5]])},
            layer="sum",
        )
        self.check(made["gradient"], [3, 2, 1, 3], [1.0] * 6 + [-2.0] * 6 + [0.5] * 6)
        # What the program printed is not among the answers.
        error = self.end(client)
        self.assertIn("loading", error)
        self.assertIn("computing", error)

    def test_draws_depend_on_seed_purpose_index_and_pass_alone(self) -> None:
        client = self.serve()
        big = 2**64 - 1

        def draw(rows: list[int], seed: int = big, first: int = 0, passes: int = 4) -> list[float]:
            _, made = client.ask(
                "draws",
                {
                    "images": floats([len(rows), 2, 1, 3], [images[row] for row in rows]),
                    "indices": ("uint32", [len(rows)], [10 + row for row in rows]),
                },
                seed=str(seed), purpose=3, passes=passes, first_pass=first,
            )  # fmt: skip
            self.assertEqual(made["logits"][0], [len(rows), passes, 2])
            numbers: list[float] = made["logits"][1]
            return numbers

        whole = draw([1, 2])
        self.assertEqual(whole[8:], draw([2]))
        self.assertEqual(whole[4:8], draw([1], first=2, passes=2))
        self.assertNotEqual(whole, draw([1, 2], seed=big - 1))
        self.end(client)

    def test_the_gradient_of_draws_is_that_of_the_very_draws(self) -> None:
        client = self.serve()
        given = {**self.some, "indices": ("uint32", [3], [4, 5, 6])}
        which = {"seed": "7", "purpose": 40, "passes": 2, "first_pass": 3}
        _, made = client.ask("draws", given, **which)
        summed = [[1.0, 0.0, 0.0, 1.0], [0.5, -1.0, 2.0, 0.0], [0.0, 0.0, 0.0, 3.0]]
        logits = made["logits"][1]
        _, made = client.ask(
            "gradient", {**given, "weights": floats([3, 2, 2], summed)}, kept=False, draws=which
        )
        self.assertEqual(made["gradient"][0], [3, 2, 1, 3])
        # The logits are linear: their weighted sum is the gradient times the image.
        for row, image in enumerate(images):
            expected = sum(w * z for w, z in zip(summed[row], logits[row * 4 : row * 4 + 4]))
            gradient = made["gradient"][1][row * 6 : row * 6 + 6]
            found = sum(g * x for g, x in zip(gradient, image))
            self.assertAlmostEqual(found, expected, places=4)
        self.end(client)

    def test_a_request_that_fails_gives_one_line_and_the_model_goes_on(self) -> None:
        client = self.serve()
        wrong = {"images": floats([1, 3, 2, 1], images[:1])}
        bad = {"images": floats([1, 2, 1, 3], [[9.0] * 6])}
        for request, arrays, fields, said in [
            ("logits", wrong, {}, "images of the shape (3, 2, 1), where the model takes (2, 1, 3)"),
            ("logits", bad, {}, "ValueError: no such image"),
            ("logits", {}, {}, "the request has no array images of float32"),
            ("features", self.some, {"layer": "fc"}, "no features of the layer fc, only of sum"),
            ("hello", {}, {"version": 7}, "version 1 of the protocol, not 7"),
            ("forget", {}, {}, "knows no request forget"),
            ("gradient", {"weights": floats([1, 2], [[1, 0]])}, {"kept": True}, "keep no logits"),
        ]:
            header, _ = client.ask(request, arrays, **fields)
            self.assertNotIn("answer", header)
            self.assertIn(said, header["error"])
            self.assertNotIn("\n", header["error"])
        header, _ = client.ask("logits", self.some)
        self.assertEqual(header["answer"], "logits")
        # The traceback of the user's own exception is for the user.
        self.assertIn('raise ValueError("no such', self.end(client))

    def test_what_is_no_frame_ends_the_conversation_with_a_line(self) -> None:
        for content, said in [
            (b"GET / HTTP/1.1\r\n\r\n", "does not begin with ASSY"),
            (frame({"request": "hello", "id": 1})[:-2], "ends early"),
            (b"ASSY" + struct.pack("<I", 2**31), "a header of 2147483648 bytes"),
            (frame({"request": "logits"}, {"images": ("float32", [1 << 40], [])}), "too large"),
        ]:
            client = self.serve()
            client.send(content)
            assert client.process.stdin is not None
            client.process.stdin.close()
            header, _ = client.receive()
            self.assertIn(said, header["error"])
            client.process.stdin = None
            self.end(client)

    def test_a_model_that_cannot_be_made_says_so_when_greeted(self) -> None:
        for script, said in [
            (linear.replace("classes=2", "classes=3"), "gives the shape (1, 2), not (1, 3)"),
            (linear.replace("(2, 1, 3)", "(2, 3)"), "the shape of an image is three numbers"),
            (linear.replace("weights=W", "weights='none.npz'"), "No such file"),
            ("assay.serve('model', classes=2, shape=(1, 2, 3))", ""),
        ]:
            client = self.serve(script)
            header, _ = client.ask("hello", version=1)
            self.assertIn(said, header["error"])
            self.end(client)

    def test_the_digest_is_that_of_the_weights(self) -> None:
        def digest(script: str) -> str:
            client = self.serve(script)
            header, _ = client.ask("hello", version=1)
            self.end(client)
            return str(header["digest"])

        (self.folder / "weights.bin").write_bytes(b"1")
        from_file = linear.replace("weights=W", "weights='weights.bin'")
        first = digest(from_file)
        self.assertEqual(first, digest(from_file))
        (self.folder / "weights.bin").write_bytes(b"2")
        self.assertNotEqual(first, digest(from_file))
        self.assertNotEqual(digest(linear), digest(linear.replace("[0.5,", "[0.75,")))

    def test_alone_it_says_how_to_start_it(self) -> None:
        import pty

        master, terminal = pty.openpty()
        process = self.start(linear, stdin=terminal)
        _, error = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1)
        self.assertIn("assay models serve-check -- ", error)
        for descriptor in (master, terminal):
            os.close(descriptor)


if __name__ == "__main__":
    unittest.main()
