"""The world file: what it may say, what is filled in, and what its errors point at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptui.simulator.world import (
    DEFAULT_APPLICATION,
    World,
    WorldApplication,
    WorldError,
    WorldSeller,
    accounts_of,
    complete,
    demo_world,
    load_world,
    parse_world,
    secrets_of,
)
from sptui.spapi.marketplaces import PSEUDO_MARKETPLACES
from sptui.spapi.regions import Region
from sptui.toml_file import TomlFileError

MOMENT = datetime(2026, 11, 23, 12, tzinfo=UTC)

DESIGN = """
seed = 7
latency_ms = [20, 80]

[[application]]
client_id = "amzn1.application-oa2-client.demo"
client_secret = "amzn1.oa2-cs.v1.demo"
secret_expired = false
roles = ["Selling Partner Insights", "Inventory and Order Tracking"]

[[seller]]
id = "A1DEMO0SELLER1"
name = "Northwind Outdoor"
region = "NA"
refresh_token = "Atzr|demo-northwind"
application = "amzn1.application-oa2-client.demo"
authorization = "active"
roles_when_authorized = ["Selling Partner Insights"]

  [[seller.marketplace]]
  id = "ATVPDKIKX0DER"
  participating = true
  suspended_listings = false
  status = "AT_RISK"
  ahr_score = 172
  [seller.marketplace.metrics.lateShipmentRate]
  status = "BAD"
  rate = 0.061

  [[seller.status_change]]
  time = "2026-10-02T08:15:00Z"
  from = "NORMAL"
  to = "AT_RISK"

[[fault]]
operation = "getOrders"
region = "NA"
seller = "A1DEMO0SELLER1"
marketplace = "ATVPDKIKX0DER"
parameters = ["NextToken", "CreatedAfter"]
probability = 1.0
after_calls = 0
status = 500
code = "InternalFailure"
message = "We encountered an internal error. Please try again."
details = ""
body = ""
delay_ms = 0
drop = false
"""


def test_every_key_of_the_world_file() -> None:
    world = parse_world(DESIGN)
    seller, fault = world.sellers[0], world.faults[0]
    assert (world.seed, world.latency_ms) == (7, (20, 80))
    assert world.applications[0].roles == ("Selling Partner Insights", "Inventory and Order Tracking")
    assert (seller.id, seller.name, seller.region, seller.authorization) == (
        "A1DEMO0SELLER1",
        "Northwind Outdoor",
        Region.NA,
        "active",
    )
    assert seller.roles_when_authorized == ("Selling Partner Insights",)
    marketplace = seller.marketplaces[0]
    assert (marketplace.status, marketplace.ahr_score) == ("AT_RISK", 172)
    assert marketplace.metrics == {"lateShipmentRate": {"status": "BAD", "rate": 0.061}}
    change = seller.status_changes[0]
    assert (change.moment(MOMENT), change.before, change.after) == (
        datetime(2026, 10, 2, 8, 15, tzinfo=UTC),
        "NORMAL",
        "AT_RISK",
    )
    assert (fault.parameters, fault.status, fault.drop) == (("NextToken", "CreatedAfter"), 500, False)


def test_what_may_be_left_out_is_filled_in() -> None:
    world = parse_world('[[seller]]\nid = "A1"\nregion = "FE"\n[[seller.marketplace]]\nid = "A1VC38T7YXB528"\n')
    seller = world.sellers[0]
    assert [each.client_id for each in world.applications] == [DEFAULT_APPLICATION]
    assert world.applications[0].roles is None
    assert (seller.application, seller.name) == (DEFAULT_APPLICATION, "A1")
    assert seller.refresh_token.startswith("Atzr|")
    marketplace = seller.marketplaces[0]
    assert (marketplace.participating, marketplace.suspended_listings, marketplace.status) == (True, False, "NORMAL")


def test_an_empty_world_is_one() -> None:
    assert parse_world("").sellers == ()


def test_a_time_may_be_one_of_toml() -> None:
    text = SELLER + '[[seller.status_change]]\ntime = 2026-10-02T10:15:00+02:00\nto = "AT_RISK"\n'
    assert parse_world(text).sellers[0].status_changes[0].moment(MOMENT) == datetime(2026, 10, 2, 8, 15, tzinfo=UTC)


SELLER = '[[seller]]\nid = "A1"\nregion = "NA"\nrefresh_token = "Atzr|canary"\n'
TWICE = '[[seller]]\nid = "A1"\nname = "A1"\nregion = "EU"\n'
CALL = '[scenario]\ntitle = "T"\nwrong = "W."\n[[scenario.call]]\ntitle = "C"\n'


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ('[[sellr]]\nid = "A1"\n', 1, 1, ["sellr", "did you mean 'seller'"]),
        ('[[seller]]\nid = "A1"\nregion = "NA"\nnam = "X"\n', 4, 1, ["nam", "did you mean 'name'"]),
        ('[[seller]]\nregion = "NA"\n', 1, 1, ["without 'id'"]),
        ('[[seller]]\nid = "A1"\nregion = "US"\n', 3, 1, ["region", "NA"]),
        (SELLER + 'application = "amzn1.application-oa2-client.demp"\n', 5, 1, ["client id", DEFAULT_APPLICATION]),
        (SELLER + '  [[seller.marketplace]]\n  id = "A1PA6795UKMFR9"\n', 6, 3, ["DE", "EU", "marketplace of NA"]),
        (SELLER + '[[seller.marketplace]]\nid = "X"\n[[seller.marketplace]]\nid = "X"\n', 8, 1, ["X twice"]),
        (SELLER + '[[seller.marketplace]]\nid = "X"\nstatus = "GOOD"\n', 7, 1, ["status", "DEACTIVATED"]),
        (SELLER + '[[seller.marketplace]]\nid = "X"\nahr_score = 1001\n', 7, 1, ["ahr_score"]),
        (SELLER + '[[seller]]\nid = "A1"\nregion = "NA"\n', 6, 1, ["A1 in NA twice"]),
        (SELLER + '[[seller]]\nid = "A1"\nregion = "EU"\nrefresh_token = "Atzr|canary"\n', 8, 1, ["refresh_token"]),
        (SELLER + '[[seller.status_change]]\ntime = "yesterday"\nto = "NORMAL"\n', 5, 1, ["time", "2026-10-02T08:15"]),
        ('[[application]]\nclient_id = "a"\n[[application]]\nclient_id = "a"\n', 4, 1, ["a twice"]),
        ('[[fault]]\noperation = "getOrdres"\n', 2, 1, ["getOrdres", "did you mean 'getOrders'"]),
        ('[[fault]]\nseller = "A9"\n', 2, 1, ["A9"]),
        ("[[fault]]\nprobability = 1.5\n", 2, 1, ["probability"]),
        ("[[fault]]\nstatus = 42\n", 2, 1, ["status"]),
        ("latency_ms = [80, 20]\n", 1, 1, ["latency_ms"]),
        (SELLER + '[[seller.status_change]]\nto = "NORMAL"\n', 5, 1, ["time", "after_minutes"]),
        (SELLER + CALL + 'seller = "A2"\noperation = "getOrders"\n', 10, 1, ["A2", "expected A1"]),
        (SELLER + CALL + 'seller = "A1@EU"\noperation = "getOrders"\n', 10, 1, ["A1@EU"]),
        (SELLER + CALL + 'seller = "A1"\noperation = "getOrdres"\n', 11, 1, ["did you mean 'getOrders'"]),
        (SELLER + CALL + 'seller = "A1"\n', 8, 1, ["operation", "request"]),
        (SELLER + CALL + 'seller = "A1"\noperation = "getOrders"\ncause = "bad"\n', 12, 1, ["cause", "account"]),
        (SELLER + TWICE + CALL + 'seller = "A1"\noperation = "getOrders"\n', 14, 1, ["2 sellers", "A1@EU"]),
        ('[[application]]\n[[application.traffic]]\noperation = "x"\ncalls_per_second = 1\n', 3, 1, ["'x'"]),
        ("seed = \n", 1, 8, ["value"]),
    ],
)
def test_errors_point_at_the_place(text: str, line: int, column: int, words: list[str]) -> None:
    with pytest.raises(TomlFileError) as caught:
        parse_world(text, "my.toml")
    assert (caught.value.line, caught.value.column) == (line, column), caught.value
    for word in words:
        assert word in str(caught.value)
    assert str(caught.value).startswith(f"my.toml:{line}:{column}: ")
    assert "canary" not in str(caught.value)


def test_two_ids_under_one_name_in_one_region() -> None:
    text = '[[seller]]\nid = "A1"\nname = "N"\nregion = "NA"\n[[seller]]\nid = "A2"\nname = "N"\nregion = "NA"\n'
    with pytest.raises(TomlFileError, match="also the name of"):
        parse_world(text)


def test_a_file_is_named_in_its_errors(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text('[[fault]]\nseller = "A9"\n')
    with pytest.raises(TomlFileError) as caught:
        load_world(path)
    assert (caught.value.path, str(path) in str(caught.value)) == (path, True)
    with pytest.raises(TomlFileError, match="no such file"):
        load_world(tmp_path / "missing.toml")
    path.write_text(DESIGN)
    assert load_world(path).seed == 7


def test_a_world_made_by_hand_is_checked_too() -> None:
    seller = WorldSeller("A1", Region.NA, application="nobody")
    with pytest.raises(WorldError, match="nobody"):
        complete(World(sellers=(seller,)))
    whole = complete(World(sellers=(msgspec.structs.replace(seller, application=""),)))
    assert complete(whole) == whole


def test_accounts_join_the_regions_of_a_name_and_hold_no_secret() -> None:
    world = demo_world()
    applications, sellers = accounts_of(world)
    assert sellers[0].name == "Northwind Outdoor"
    assert [each.region for each in sellers[0].authorizations] == [Region.NA, Region.EU]
    assert len({seller.name for seller in sellers}) == len(sellers)
    told = msgspec.json.encode([applications, sellers]).decode()
    for secret in [each.refresh_token for each in world.sellers] + [each.client_secret for each in world.applications]:
        assert secret not in told


def test_a_seller_is_found_by_id_and_region() -> None:
    world = demo_world()
    found = world.seller("A1DEMO0SELLER1", Region.EU)
    assert found is not None
    assert found.refresh_token == "Atzr|demo-northwind-eu"
    assert world.seller("A1DEMO0SELLER1", Region.FE) is None


def test_secrets_by_client_id_and_by_seller_and_region() -> None:
    world = demo_world()
    secrets = secrets_of(world)
    assert secrets[world.applications[0].client_id].reveal() == "amzn1.oa2-cs.v1.demo"
    assert secrets["A1DEMO0SELLER1", Region.NA].reveal() == "Atzr|demo-northwind"
    assert len(secrets) == len(world.applications) + len(world.sellers)
    assert "demo-northwind" not in repr(secrets)


def test_the_demo_world_holds_every_state_worth_seeing() -> None:
    world = demo_world()
    marketplaces = [each for seller in world.sellers for each in seller.marketplaces]
    assert {seller.region for seller in world.sellers} == set(Region)
    assert {"NORMAL", "AT_RISK", "DEACTIVATED"} <= {each.status for each in marketplaces}
    assert any(not each.participating for each in marketplaces)
    assert any(each.suspended_listings for each in marketplaces)
    assert any(each.id in PSEUDO_MARKETPLACES for each in marketplaces)
    assert any(each.authorization == "revoked" for each in world.sellers)
    assert any(each.secret_expired for each in world.applications)
    assert world.sellers[0].marketplaces[0].ahr_score == 172
    closed = [seller for seller in world.sellers if any(each.status == "DEACTIVATED" for each in seller.marketplaces)]
    assert all(any(each.status == "NORMAL" for each in seller.marketplaces) for seller in closed)


@given(st.text())
def test_any_text_is_a_world_or_a_toml_error(text: str) -> None:
    try:
        world = parse_world(text)
    except TomlFileError:
        return
    assert isinstance(world, World)


def test_the_first_application_is_the_default() -> None:
    world = World(
        applications=(WorldApplication("first"), WorldApplication("second")), sellers=(WorldSeller("A1", Region.EU),)
    )
    assert complete(world).sellers[0].application == "first"


def test_a_scenarios_call_finds_its_seller() -> None:
    world = parse_world(SELLER + TWICE + CALL + 'seller = "A1@eu"\noperation = "getOrders"\n')
    assert world.caller(world.calls[0]).region is Region.EU
    assert [each.region for each in world.sellers_named("A1")] == [Region.NA, Region.EU]
    assert parse_world("").calls == ()


def test_a_status_change_may_count_from_the_beginning() -> None:
    text = SELLER + '[[seller.status_change]]\nafter_minutes = 90\nto = "AT_RISK"\n'
    [change] = parse_world(text).sellers[0].status_changes
    assert change.moment(MOMENT) - MOMENT == timedelta(minutes=90)


def test_a_scenarios_date_may_be_one_of_toml() -> None:
    text = (
        SELLER
        + CALL
        + 'seller = "A1"\noperation = "getOrders"\n[scenario.call.values]\nCreatedAfter = 2026-01-01T00:00:00Z\n'
    )
    [call] = parse_world(text).calls
    assert call.typed == {"CreatedAfter": "2026-01-01T00:00:00Z"}
