"""Random dropout masks by Philox4x32-10, bit for bit those of Assay's own networks."""

from __future__ import annotations

from typing import Any

import torch

_word = 0xFFFFFFFF


def keep_numerator(rate: float) -> int:
    """How often a mask keeps an element that is dropped at `rate`, in units of 1/65,536."""
    return max(1, int((1 - rate) * 65536 + 0.5))


def masks(
    images: Any, passes: Any, *, count: int, numerator: int, seed: int, purpose: int, site: int
) -> Any:
    """One mask a row, of ones and zeros in 8 bits, [rows, count].

    Args:
        images: The index of each row's image, [rows], 64 bits.
        passes: The number of each row's pass, [rows], 64 bits.
        count: The elements of a row.
        numerator: How often an element is kept, as `keep_numerator` gives it.
        seed: Of the random numbers.
        purpose: What they are for.
        site: The number of the dropout layer.
    """
    groups = (count + 127) // 128
    group = torch.arange(groups, device=images.device).view(1, -1) * 16
    image = images.view(-1, 1)
    pass_ = passes.view(-1, 1)
    stream = (purpose << 8 | site) & _word
    lowest = (numerator & -numerator).bit_length() - 1
    whole = torch.full((), -1 if numerator == 65536 else 0, device=images.device)
    bits = [whole.expand(len(images), groups)] * 4
    for digit in range(lowest, 16):
        words = _philox(group + digit, pass_, image, stream, seed)
        if numerator >> digit & 1:
            bits = [old | new for old, new in zip(bits, words)]
        else:
            bits = [old & new for old, new in zip(bits, words)]
    packed = torch.stack(bits, 2).to(torch.int32).view(torch.uint8)
    places = torch.arange(8, dtype=torch.uint8, device=images.device)
    return (packed.unsqueeze(-1) >> places & 1).view(len(images), -1)[:, :count]


def _philox(block: Any, pass_: Any, image: Any, stream: int, key: int) -> list[Any]:
    """The four words of blocks of random numbers, each in 64 bits."""
    x: list[Any] = [block, pass_, image, stream]
    key0, key1 = key & _word, key >> 32 & _word
    for _ in range(10):
        # The products need 64 bits; their signs are masked away.
        product0, product1 = x[0] * 0xD2511F53, x[2] * 0xCD9E8D57
        x = [
            (product1 >> 32 & _word) ^ x[1] ^ key0,
            product1 & _word,
            (product0 >> 32 & _word) ^ x[3] ^ key1,
            product0 & _word,
        ]
        key0, key1 = key0 + 0x9E3779B9 & _word, key1 + 0xBB67AE85 & _word
    return list(torch.broadcast_tensors(*x))
