"""The stored calibration can be made anew, and says what it should."""

from __future__ import annotations

import numpy as np
import pytest

from h1224lib import calibrate
from h1224lib.errors import ScheduleError
from h1224lib.odds.calibration import COLUMNS, CUTS, RUNS, TRIED, foresee
from h1224lib.odds.simulators import QUARTERS, SIMULATORS, TARGETS
from h1224lib.odds.stored import read_calibration
from h1224lib.odds.telling import tell_trust


def test_the_stored_table_is_whole():
    table = read_calibration()
    assert list(table.columns) == COLUMNS
    assert list(dict.fromkeys(table["simulator"])) == list(SIMULATORS)
    held = table[table["quantity"] == "coverage"]
    assert set(held["at"]) == {0.5, 0.8, 0.95}
    assert set(held["cases"]) == {RUNS, RUNS * TRIED}
    after = table[table["quantity"] == "coverage_after"]
    keys = ["simulator", "level", "at"]
    assert all(rows["cut"].tolist() == list(CUTS) for _, rows in after.groupby(keys))
    least = after.groupby(keys)["value"].min()
    assert held.set_index(keys)["value"].sort_index().tolist() == least.sort_index().tolist()
    for _, rows in table[table["quantity"] == "pit"].groupby(["simulator", "level"]):
        assert rows["value"].sum() == pytest.approx(1, abs=0.001)


@pytest.mark.parametrize("simulator", ["matched", "bursts"])
def test_a_small_part_made_anew_agrees_with_what_is_stored(simulator):
    made = calibrate(seed=99, runs=30, simulators=[simulator])
    keys = ["simulator", "level", "quantity", "at"]
    both = made.merge(read_calibration(), on=keys, suffixes=("", "_stored"))
    held = both[(both["quantity"] == "coverage") & (both["level"] == "area")]
    # The least of seven shares, of sixty areas each that share shocks: an error of a sixth.
    assert (held["value"] - held["value_stored"]).abs().max() < 0.2
    pooled = both[(both["quantity"] == "coverage_pooled") & (both["level"] == "area")]
    assert (pooled["value"] - pooled["value_stored"]).abs().max() < 0.12
    brier = both[(both["quantity"] == "brier") & (both["level"] == "area")]
    assert (brier["value"] - brier["value_stored"]).abs().max() < 0.05


def test_equal_seeds_give_equal_tables_and_simulators_do_not_disturb_each_other():
    both = calibrate(seed=5, runs=4, simulators=["matched", "drift"])
    alone = calibrate(seed=5, runs=4, simulators=["drift"])
    part = both[both["simulator"] == "drift"].reset_index(drop=True)
    assert part.equals(alone)


def test_the_words_admit_the_worst():
    table = read_calibration()
    rows = table[(table["quantity"] == "coverage") & (table["at"] == 0.8)]
    rows = rows[rows["simulator"] != "matched"]
    assert tell_trust().numbers["worst"] == rows["value"].min()
    # Were it never too sure of itself, the words would be wrong.
    assert rows["value"].min() < 0.8


def test_a_rush_fails_in_early_quarters_which_a_mean_would_hide():
    table = read_calibration()
    rows = table[(table["simulator"] == "season") & (table["level"] == "city")]
    after = rows[(rows["quantity"] == "coverage_after") & (rows["at"] == 0.8)]
    after = after.set_index("cut")["value"]
    assert after[1] < 0.15 < 0.8 < after[4]
    told = tell_trust().numbers
    assert (told["simulator"], told["level"], told["cut"]) == ("season", "city", after.idxmin())
    assert told["wrong_worst"] > 0.05
    assert told["other_simulator"] != "season"


def test_matched_intervals_hold_and_odds_beat_the_base_rate():
    table = read_calibration().set_index(["simulator", "level", "quantity", "at"])["value"]
    for level in ("area", "city"):
        assert table["matched", level, "coverage_pooled", 0.8] == pytest.approx(0.8, abs=0.1)
    for simulator in SIMULATORS:
        assert table[simulator, "area", "brier", 0] < table[simulator, "area", "brier_base", 0]


@pytest.mark.parametrize("simulator", sorted(SIMULATORS))
def test_simulators_go_at_about_the_targets_pace(simulator):
    drawing = np.random.default_rng(1)
    ends = [SIMULATORS[simulator](drawing) for _ in range(200)]
    assert all(counts.shape == (len(TARGETS), QUARTERS) for counts in ends)
    assert np.mean([c.sum() for c in ends]) == pytest.approx(TARGETS.sum(), rel=0.2)
    assert np.isfinite(foresee(ends[0][:, :6].astype(float)).expect([0]))


def test_an_unknown_simulator_is_refused():
    with pytest.raises(ScheduleError):
        calibrate(runs=1, simulators=["calm"])
