"""What becomes of values of all kinds."""

import argparse
import dataclasses
import enum
import json
import math
import unittest
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from assay._values import as_mapping, flattened, number_text, parameter_value, step_number


class Scalar:
    """A scalar as numpy, torch and jax have them."""

    def __init__(self, value):
        self.value = value

    def item(self):
        return self.value


class Array:
    """An array of several numbers."""

    size = 3

    def item(self):
        raise ValueError("only one element can be converted to a scalar")

    def tolist(self):
        return [1, 2, 3]


class NumberTests(unittest.TestCase):
    def test_numbers_of_python_and_of_libraries_keep_their_value(self):
        for value in [0, -1, 2**62, 0.1, 1e-300, -1.5e308, Decimal("0.25"), Fraction(1, 8), True]:
            self.assertEqual(json.loads(number_text(value)), float(value), repr(value))
        self.assertEqual(number_text(Scalar(0.1)), "0.1")
        self.assertEqual(number_text(Scalar(7)), "7")
        self.assertEqual(number_text(Scalar(True)), "1")

    def test_nan_and_infinities_stay_what_they_are(self):
        self.assertEqual(number_text(math.nan), "NaN")
        self.assertEqual(number_text(Scalar(math.inf)), "Infinity")
        self.assertEqual(number_text(Decimal("-Infinity")), "-Infinity")

    def test_integers_beyond_those_of_the_database_are_floats(self):
        self.assertEqual(json.loads(number_text(2**64)), 2.0**64)
        self.assertIsNone(number_text(10**400))

    def test_what_is_no_number_is_none(self):
        for value in ["1", b"1", None, 1j, [1], Array(), object(), Scalar("x"), Decimal("sNaN")]:
            self.assertIsNone(number_text(value), repr(value))

    def test_steps_are_integers(self):
        self.assertEqual(step_number(3.0), 3)
        self.assertEqual(step_number(True), 1)
        for value in [3.5, "3", None, math.nan, 2**70]:
            self.assertIsNone(step_number(value), repr(value))


class Colour(enum.Enum):
    RED = 1


@dataclasses.dataclass
class Settings:
    lr: float
    layers: tuple


class ParameterTests(unittest.TestCase):
    def test_parameters_become_what_json_holds(self):
        expected = [
            (None, None), (0.5, 0.5), (True, True), ("x", "x"), ((1, 2), [1, 2]), ({2, 1}, [1, 2]),
            (Path("a/b"), "a/b"), (Colour.RED, "RED"), (math.nan, "NaN"), (2**70, str(2**70)),
            (Scalar(4), 4), (Array(), [1, 2, 3]), ("\udcff", "?"), (math.sqrt, "math.sqrt"),
        ]  # fmt: skip
        for value, recorded in expected:
            self.assertEqual(parameter_value(value), recorded, repr(value))
            json.dumps(parameter_value(value), allow_nan=False)

    def test_namespaces_and_dataclasses_are_parameters(self):
        self.assertEqual(as_mapping(argparse.Namespace(lr=1)), {"lr": 1})
        self.assertEqual(as_mapping(Settings(0.1, (1,))), {"lr": 0.1, "layers": (1,)})
        with self.assertRaises(TypeError):
            as_mapping(3)

    def test_nested_names_have_dots(self):
        nested = {"a": {"b": 1, "c": {"d": 2}}, "e": {}}
        self.assertEqual(flattened(nested), {"a.b": 1, "a.c.d": 2, "e": {}})


if __name__ == "__main__":
    unittest.main()
