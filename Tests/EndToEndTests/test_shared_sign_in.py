"""Programs that share a sign-in. Benchmarks/sign_in.py does the same with fifty pairs."""

import os
import sys

import pytest


@pytest.mark.parametrize("kills", [False, True])
def test_pairs_of_clients_refresh_once_for_both_and_nobody_is_signed_out(kills):
    sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../Benchmarks"))
    import sign_in

    counted = sign_in.run(pairs=4, seconds=12, kills=kills, seed=9)
    assert counted["signed out"] == 0 and counted["sign-ins kept"] == 4, counted
