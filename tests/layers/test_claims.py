"""What the design promises of delivery, replicas, time and databases, and the test that fails if it is not so."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Table, UniqueConstraint

from bot.store import base

TESTS = Path(__file__).parents[1]

CLAIMS = {
    # Guarantees, and what carries them
    "an event that is told eleven times under other ids is kept once": (
        "wire/slack/test_events.py::test_a_message_told_eleven_times_under_other_ids_is_kept_once"
    ),
    "every platform gives one event one key": (
        "contract/facts.py::ChatFacts::test_the_same_event_delivered_twice_has_the_same_key"
    ),
    "of deliveries at the same time one is new": (
        "engine/test_inbox.py::test_of_deliveries_at_the_same_time_one_is_new"
    ),
    "an event is handled in the transaction of its effects": (
        "engine/test_inbox.py::test_an_event_that_cannot_be_handled_leaves_no_trace_and_is_tried_again"
    ),
    "an act that comes twice counts once": (
        "engine/test_reception.py::test_of_two_deliveries_of_an_act_at_the_same_time_one_counts"
    ),
    "acknowledged means kept": (
        "engine/test_together.py::test_an_event_is_in_the_database_before_it_is_acknowledged"
    ),
    "what is not kept is told again": (
        "wire/slack/test_events.py::test_an_event_that_could_not_be_kept_comes_again_and_is_kept"
    ),
    "nobody is asked twice on one of their days": (
        "checkins/test_pace.py::test_a_move_to_another_zone_neither_skips_nor_doubles"
    ),
    "two processes ask each person once": (
        "checkins/test_many.py::test_two_processes_ask_each_person_once"
    ),
    "a prompt is never lost while the bot is down": (
        "checkins/test_asking.py::test_a_late_prompt_says_so_and_one_past_its_window_is_dropped_and_counted"
    ),
    "one post per subject and place": "engine/test_outbox.py::test_one_key_is_one_message",
    "a message found on its way after a crash is looked for": (
        "engine/test_recovery.py::test_what_a_dead_sender_had_claimed_is_sent_by_another"
    ),
    "a removal that a crash cut short ends, and what is wanted comes back": (
        "engine/test_recovery.py::"
        "test_what_a_dead_sender_was_removing_comes_back_when_it_is_wanted_again"
    ),
    "messages go in order": (
        "engine/test_outbox.py::test_messages_go_in_the_order_in_which_they_were_wanted"
    ),
    "messages keep the pace of their platform": (
        "engine/test_sender.py::test_messages_keep_the_pace_of_their_platform"
    ),
    "a busy place is left alone as long as it asks, by every process": (
        "engine/test_sender.py::test_a_busy_place_is_left_alone_for_exactly_the_seconds_it_asks_for"
    ),
    "a busy platform pauses for every process": (
        "engine/test_sender.py::test_a_platform_that_is_busy_everywhere_pauses"
    ),
    # Outbox
    "a message is wanted in the transaction of its cause, or not at all": (
        "engine/test_reception.py::test_a_refusal_is_shown_to_the_caller_and_leaves_no_trace"
    ),
    "a claim takes what nobody else is about": "engine/test_sender.py::test_two_senders_never_double",
    "a claim reads no table whole": "engine/test_claims.py::test_a_claim_reads_no_table_whole",
    "who lost the lease decides nothing": (
        "engine/test_recovery.py::test_a_sender_that_lost_its_lease_changes_nothing"
    ),
    "failures wait longer and longer and end as dead letters": (
        "engine/test_sender.py::test_failures_are_tried_again_later_and_later_and_then_given_up"
    ),
    "dead letters are listed, retried and dropped": (
        "engine/test_dead.py::test_the_command_lists_retries_and_drops"
    ),
    "Discord is told the key as a nonce": (
        "wire/discord/test_sending.py::test_every_message_is_sent_with_its_key_as_a_nonce"
    ),
    "Slack is told the key": (
        "wire/slack/test_sending.py::test_a_post_carries_its_key_and_unfolds_no_links"
    ),
    "Slack's client posts nothing again by itself": (
        "wire/slack/test_sending.py::"
        "test_a_slack_in_trouble_leaves_us_unsure_and_nothing_is_tried_again_by_itself"
    ),
    "a lost answer is looked for first": (
        "contract/facts.py::ChatFacts::test_an_answer_lost_after_the_post_is_unsure_and_the_retry_finds_it"
    ),
    "a stop finishes what is in flight and claims no more": (
        "engine/test_sender.py::test_a_sender_that_stops_finishes_what_is_in_flight_and_claims_no_more"
    ),
    "a runaway of our own is braked": (
        "engine/test_brake.py::test_a_runaway_pauses_its_place_and_no_other"
    ),
    # Lessons
    "a message is one lesson": "lessons/test_marking.py::test_ten_marks_make_one_question",
    "no circles, not even over a workspace of another set-up": (
        "admin/test_apply.py::test_nothing_of_a_file_is_kept_when_a_part_of_it_is_refused"
    ),
    "no circles: the route that closes one is named": (
        "admin/test_reading.py::test_a_wrong_file_is_refused_with_file_line_and_reason"
    ),
    "no circles: a mark on a copy begins no new round": (
        "lessons/test_relaying.py::test_a_mark_on_a_copy_makes_no_new_lesson"
    ),
    "the yes and its deliveries are one transaction": (
        "lessons/test_agreeing.py::test_the_yes_and_its_items_come_together_or_not_at_all"
    ),
    "no copy without a yes, no channel with two, none left after a withdrawal": (
        "hunt/test_lessons.py::"
        "test_in_every_history_each_copy_is_agreed_alone_in_its_channel_and_goes_when_told"
    ),
    "a lesson goes from one platform to another and follows its source": (
        "story/test_travelling.py::"
        "test_a_lesson_goes_from_slack_to_discord_and_back_and_another_the_other_way"
    ),
    # Crashes
    "nothing that can happen doubles or loses a message": (
        "hunt/test_state_machine.py::"
        "test_nothing_that_can_happen_doubles_or_loses_a_message_on_postgresql"
    ),
    "kills lose and double nothing on SQLite": (
        "hunt/test_crashes.py::test_kills_on_sqlite_lose_nothing_and_double_nothing"
    ),
    "kills of replicas lose and double nothing": (
        "hunt/test_crashes.py::"
        "test_kills_of_three_replicas_on_postgresql_lose_nothing_and_double_nothing"
    ),
    "a platform may fail in every way": (
        "hunt/test_platform.py::test_however_slack_fails_each_message_stands_there_once"
    ),
    "a full disk loses nothing": (
        "hunt/test_trouble.py::test_on_a_full_disk_an_event_is_not_acknowledged_and_later_it_is"
    ),
    # Replicas
    "one of three is killed in a burst, and the order is kept": (
        "hunt/test_replicas.py::"
        "test_a_burst_is_sent_once_and_in_order_though_one_of_three_replicas_is_killed"
    ),
    "a server that restarts costs nothing": (
        "hunt/test_replicas.py::"
        "test_a_server_that_restarts_under_load_costs_nothing_and_is_said_to_be_away"
    ),
    "the local chat works on several replicas": (
        "hunt/test_replicas.py::test_what_is_said_on_one_replica_is_seen_in_every_browser"
    ),
    "processes wake each other": (
        "engine/test_bells.py::test_what_one_process_queues_another_sends_at_once"
    ),
    "a lost connection costs the wake-ups and nothing else": (
        "engine/test_bells.py::test_wake_ups_come_back_after_the_connection_was_lost"
    ),
    "two processes handle each event once": (
        "engine/test_inbox.py::test_two_processes_handle_each_event_once"
    ),
    "processes go by the server's clock": (
        "engine/test_clocks_that_jump.py::test_processes_on_one_server_go_by_its_clock"
    ),
    "a second process on one SQLite file is refused": (
        "test_cli.py::test_a_second_process_on_one_sqlite_file_is_refused"
    ),
    "the workspace comes first in every key": (
        "store/test_sharding.py::test_the_workspace_comes_first_in_every_key"
    ),
    "the schema can be spread by workspace": (
        "store/test_sharding.py::test_every_table_can_be_partitioned_by_workspace"
    ),
    # Time
    "a time in a gap moves on, and of two the first counts": (
        "engine/test_clock.py::test_a_time_in_a_gap_is_as_much_later_and_of_two_the_first_counts"
    ),
    "the arithmetic agrees with the rule of calendars": (
        "engine/test_clock.py::test_every_zone_agrees_with_the_rule_of_calendars"
    ),
    "no day is lost and none comes twice": (
        "engine/test_clock.py::test_no_day_is_lost_and_none_comes_twice"
    ),
    "ticks that come too fast are one": (
        "engine/test_ticker.py::test_ticks_that_come_while_one_is_at_work_are_one_tick"
    ),
    "every zone is there": (
        "engine/test_clock.py::test_every_zone_that_can_be_chosen_is_known_to_the_clock"
    ),
    # Databases
    "SQLite syncs in full, waits for locks and minds foreign keys": (
        "store/test_session.py::test_sqlite_is_told_to_lose_nothing"
    ),
    "no concurrent change is lost": (
        "store/test_session.py::test_of_500_changes_at_the_same_time_none_is_lost"
    ),
    "the migrations and the tables agree": (
        "test_migrations.py::test_the_migrations_and_the_tables_agree"
    ),
    "migrations run under a lock": (
        "test_migrations.py::test_two_processes_that_migrate_at_once_wait_for_each_other"
    ),
    "a migration is whole or not there": (
        "hunt/test_trouble.py::test_a_migration_that_is_interrupted_leaves_nothing_and_runs_again"
    ),
}

KEYS = {
    "inbox": ("workspace_id", "key"),
    "outbox": ("workspace_id", "key"),
    "posted": ("workspace_id", "key", "part"),
    "destination": ("workspace_id", "place"),
    "checkin": ("workspace_id", "channel_id", "person_id", "day"),
    "lesson": ("workspace_id", "origin_place", "origin_message"),
    "lesson_item": ("workspace_id", "lesson_id", "to_workspace", "to_channel"),
    "route": ("workspace_id", "from_place", "to_place"),
}
"""What the database itself refuses to keep twice."""


@pytest.mark.parametrize("claim", CLAIMS)
def test_the_test_of_a_claim_exists(claim: str) -> None:
    file, _, name = CLAIMS[claim].partition("::")
    assert name in names_in(TESTS / file), f"{claim}: there is no test {name} in tests/{file}."


@cache
def names_in(file: Path) -> set[str]:
    """The tests of a file, those of a class by its name and theirs."""
    found: set[str] = set()
    for one in ast.parse(file.read_text()).body:
        if isinstance(one, ast.ClassDef):
            found |= {f"{one.name}::{part.name}" for part in one.body if is_function(part)}
        elif is_function(one):
            found.add(one.name)
    return found


def is_function(one: ast.stmt) -> bool:
    return isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)


@pytest.mark.parametrize("table", KEYS)
def test_the_database_refuses_the_second(table: str) -> None:
    base.load_tables()
    made: Table = base.metadata.tables[table]
    unique = [tuple(column.name for column in made.primary_key.columns)] + [
        tuple(column.name for column in one.columns)
        for one in made.constraints
        if isinstance(one, UniqueConstraint)
    ]
    assert KEYS[table] in unique
