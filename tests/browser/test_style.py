"""Colours can be told apart by readers with a colour-vision deficiency."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest

from viz import style
from viz.document import contrast

Floats = npt.NDArray[np.float64]

# Machado, Oliveira and Fernandes (2009), A Physiologically-based Model for Simulation of Color Vision Deficiency,
# IEEE TVCG 15(6), severity 1.0, on linear RGB.
VISION = {
    "normal": np.eye(3),
    "protan": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deutan": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritan": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}


def linear(colour: str) -> Floats:
    value = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    return np.asarray(np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4))


def lab(rgb: Floats) -> Floats:
    """Return CIE L*a*b* (D65) of linear sRGB."""
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = matrix @ np.clip(rgb, 0, 1) / np.array([0.95047, 1, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def least_distance(colours: list[str]) -> float:
    return min(
        float(np.linalg.norm(lab(sight @ linear(a)) - lab(sight @ linear(b))))
        for sight in VISION.values()
        for a, b in itertools.combinations(colours, 2)
    )


@pytest.mark.parametrize("dash", sorted({d.dash for d in style.DOMAINS.values()}))
def test_domains_of_one_dash_can_be_told_apart(dash: tuple[int, ...]) -> None:
    assert least_distance([d.colour for d in style.DOMAINS.values() if d.dash == dash]) >= 20
    assert least_distance([d.dark for d in style.DOMAINS.values() if d.dash == dash]) >= 20


def test_lines_have_the_contrast_of_graphics_with_their_paper() -> None:
    # WCAG 2.2, success criterion 1.4.11: at least 3 to 1.
    for look in style.DOMAINS.values():
        assert contrast(look.colour, style.PAPER) >= 3 and contrast(look.dark, style.DARK_PAPER) >= 3
    for light, dark in (*style.BLOC_COLOURS, (style.DEPENDENCE_COLOUR, style.DEPENDENCE_DARK)):
        assert contrast(light, style.PAPER) >= 3 and contrast(dark, style.DARK_PAPER) >= 3


def test_gaps_of_what_does_not_bind_differ_from_every_domains_dash() -> None:
    used = {d.dash for d in style.DOMAINS.values()}
    assert set(style.NON_BINDING) == used and not set(style.NON_BINDING.values()) & used


def test_all_thirteen_domains_have_a_look_and_only_negative_ones_long_dashes() -> None:
    assert list(style.DOMAINS) == [
        "DEFENCE", "TRADE", "TECHNOLOGY", "ENERGY", "FINANCE", "DIPLOMACY", "DEVELOPMENT",
        "CULTURE", "HEALTH", "CLIMATE", "MIGRATION", "SANCTIONS", "DISPUTE",
    ]  # fmt: skip
    assert {k for k, d in style.DOMAINS.items() if d.dash == style.DASHED} == {"SANCTIONS", "DISPUTE"}
    assert style.domain_style("SPACE").label == "Space"


def test_camp_colours_are_those_of_okabe_and_ito() -> None:
    # Okabe and Ito (2008), Color Universal Design, https://jfly.uni-koeln.de/color/ : the palette without black.
    published = {(230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (0, 114, 178), (213, 94, 0), (204, 121, 167)}
    assert {tuple(int(c[k : k + 2], 16) for k in (1, 3, 5)) for c in style.CAMP_COLOURS} == published
