//! The contract suite: every rule that a ledger must keep, whatever it is made of.
//!
//! `ledger_contract!(in_memory, crate::sqlite_ledger::in_memory);` makes a module with one test for each rule. The
//! second argument is the path of an `async fn() -> Fresh<L>`, where `L: Ledger + History`. Its tables may be shared with
//! other tests and with earlier runs: every test works on an account of its own.
//!
//! A rule is a function of a [`Rig`]; its name is the rule. One that is not listed in the macro below is dead code,
//! which fails the lint.

pub mod amending;
pub mod baseline;
pub mod cursors;
pub mod evidence;
pub mod folding;
pub mod gaps;
pub mod hostile;
pub mod incident_rig;
pub mod incidents;
pub mod pending;
pub mod prefixes;
pub mod progress;
pub mod reading;
pub mod recording;
pub mod retiring;
pub mod rig;
pub mod roster;
pub mod windows;

pub use rig::{EXPIRES_AT, Fresh, Rig, SINKS, at, event, run, suspect};

macro_rules! ledger_contract {
    ($module:ident, $factory:path) => {
        mod $module {
            ledger_contract! { @rules $factory;
                recording {
                    a_scope_never_heard_of_recalls_as_nothing
                    a_first_sight_writes_history_and_state
                    a_transition_moves_the_state_on
                    an_incident_stays_on_the_row_until_the_item_is_up
                    an_incident_leaves_the_row_when_a_removal_is_complete
                    what_was_never_up_is_remembered_until_it_is_up
                    every_state_reads_back_in_any_health
                    every_state_reads_back_as_it_was_written
                    a_repeated_first_sight_finds_its_own_commit
                    a_repeated_transition_finds_its_own_commit
                    a_repeat_finds_its_own_commit_after_the_item_has_moved_on
                    a_second_first_sight_is_lost
                    a_transition_from_a_stale_sequence_is_lost
                    a_transition_from_a_future_sequence_is_lost
                    a_transition_from_another_last_transition_is_lost
                    a_transition_of_an_item_without_a_row_is_lost
                    a_transition_in_an_occupied_place_of_history_is_lost
                    a_transition_in_an_occupied_place_further_back_is_lost
                    of_two_racing_transitions_one_is_recorded
                    of_two_sights_of_the_same_millisecond_one_is_recorded
                    two_racing_writers_of_the_same_transition_record_it_once
                    recording_removes_suspect_and_expiry
                    what_was_certain_is_lost_on_a_row_that_is_suspected_since
                    a_confirmed_suspect_must_still_be_held
                    a_confirmed_suspect_must_be_the_very_same
                    a_confirmed_suspect_that_is_held_is_recorded
                    a_confirmation_that_did_not_see_the_item_remembers_so
                    a_repeated_confirmation_finds_its_own_commit
                    the_same_id_of_another_kind_or_scope_is_another_item
                    what_is_written_is_recalled_at_once
                    two_writers_with_old_memories_make_one_history_without_holes
                }
                baseline {
                    of_no_items
                    of_one_item
                    of_fifty_items
                    of_fifty_one_items
                    of_a_hundred_and_twenty_items
                    a_baseline_writes_what_a_record_would
                    an_interrupted_baseline_is_resumed
                    a_repeated_baseline_changes_nothing
                    a_baseline_leaves_rows_that_have_moved_on
                    a_baseline_writes_no_history_for_a_row_that_is_there
                }
                cursors {
                    in_a_new_row_every_sink_starts_at_zero
                    without_sinks_a_row_has_no_cursors
                    recording_leaves_cursors_where_they_are
                    a_sink_without_a_cursor_gets_the_recalled_sequence
                    cursors_of_sinks_that_are_not_given_survive
                    a_lost_record_writes_no_cursor
                    an_acknowledgement_moves_the_cursor_forward
                    an_acknowledgement_may_skip
                    an_acknowledgement_never_lowers_a_cursor
                    an_acknowledgement_beyond_the_row_does_nothing
                    an_acknowledgement_makes_no_cursor
                    an_acknowledgement_makes_no_row
                    each_sink_has_its_own_cursor
                    one_acknowledgement_moves_the_cursors_of_several_sinks
                    a_cursor_that_cannot_be_moved_holds_up_no_other
                    an_acknowledgement_changes_nothing_else
                    a_sink_that_a_transition_passes_by_moves_along
                    in_a_new_row_a_sink_that_is_passed_by_starts_behind_it
                    a_sink_without_a_cursor_may_be_passed_by
                    a_lost_record_passes_no_sink_by
                }
                amending {
                    a_suspect_is_held_and_counted
                    a_suspect_without_the_last_sight_reads_back
                    a_suspect_is_cleared
                    a_sight_is_put_on_record
                    an_outage_ends_without_a_transition
                    an_expiry_is_set_and_taken_off
                    an_amendment_changes_nothing_else
                    new_details_replace_the_old
                    an_amendment_on_another_sequence_is_lost
                    an_amendment_on_another_suspect_is_lost
                    the_whole_suspect_is_compared
                    a_lost_amendment_changes_nothing
                    an_amendment_makes_no_row
                    a_repeated_amendment_is_no_failure
                    an_expired_row_that_still_reads_exists
                }
                pending {
                    an_item_without_history_has_nothing_pending
                    nothing_is_pending_above_the_newest
                    what_is_above_the_cursor_is_pending_ascending
                    an_event_is_kept_unchanged
                    pending_is_complete_over_many_large_rows
                    the_rows_of_similar_items_are_not_pending
                    a_row_is_parked_for_one_sink_with_its_reason
                    a_row_is_parked_for_several_sinks
                    parking_changes_nothing_else
                    parking_makes_no_row
                }
                folding {
                    a_scope_that_was_never_folded_has_revision_zero
                    a_step_is_written_whole
                    a_fold_goes_on_from_revision_to_revision
                    a_step_changes_nothing_else_of_a_member
                    a_member_leaves_its_incident
                    a_transition_leaves_the_incident_on_the_row
                    a_step_on_another_revision_is_refused
                    a_member_with_another_cursor_refuses_the_step
                    a_member_of_another_incident_refuses_the_step
                    a_member_without_a_row_refuses_the_step
                    one_member_refuses_the_whole_step
                    a_row_without_the_cursor_gets_it
                    a_repeated_step_finds_its_own_commit
                    a_repeat_finds_its_own_commit_after_a_member_has_moved_on
                    a_step_that_differs_in_anything_is_no_repeat
                    a_repeat_after_another_step_is_refused
                    of_two_steps_on_one_revision_one_is_written
                    a_step_of_ninety_members
                    what_is_known_of_destinations_is_written_with_the_step_and_stays
                    what_is_known_of_destinations_is_not_written_by_a_step_that_is_refused
                    each_scope_is_folded_on_its_own
                    the_row_of_folding_is_no_item
                    an_acknowledgement_moves_no_cursor_of_folding
                }
                incidents {
                    a_new_incident_starts_every_sink_at_zero
                    an_announced_incident_starts_behind_its_documents
                    a_sink_that_is_passed_by_is_behind_the_documents
                    an_incident_keeps_its_cursors
                    a_sink_that_came_later_starts_where_the_incident_stood
                    a_change_replaces_what_is_known
                    an_ended_incident_expires
                    an_incident_that_is_there_is_not_made_again
                    an_incident_that_is_not_there_is_not_changed
                    a_document_in_an_occupied_place_refuses_the_step
                    incidents_are_recalled_with_their_scope
                    documents_are_pending_above_the_cursor
                    a_document_is_kept_unchanged
                    documents_are_acknowledged_and_parked
                    an_acknowledgement_goes_forward_and_no_further_than_the_documents
                    an_acknowledgement_leaves_the_revision
                    documents_are_no_transitions
                    documents_of_all_incidents_are_found_by_time
                }
                progress {
                    a_first_poll_lists_the_scope
                    a_first_poll_that_completed_nothing_lists_the_scope
                    a_scope_is_listed_once
                    scopes_of_one_account_are_listed_apart
                    the_last_complete_listing_moves_forward
                    the_last_complete_listing_never_moves_back
                    a_kind_that_is_ahead_does_not_hold_back_the_others
                    kinds_that_are_not_complete_stay_as_they_are
                    a_baseline_is_set_once
                    a_baseline_may_come_after_a_complete_listing
                    the_interval_is_kept_until_another_is_written
                    the_last_regular_poll_is_kept_by_those_in_between_and_never_moves_back
                    progress_repeated_changes_nothing
                    a_sink_is_recorded_as_having_announced_a_baseline
                    several_sinks_are_recorded_as_having_announced_a_baseline
                    all_sinks_are_recorded_as_having_announced_a_baseline
                    announcing_a_baseline_changes_nothing_else
                    unmonitored_time_is_written_and_closed
                    unmonitored_time_from_another_listing_is_refused_with_the_stored_one
                    unmonitored_time_without_a_listing_is_refused
                    repeated_unmonitored_time_finds_its_own_commit
                    unmonitored_time_finds_its_own_commit_after_the_listing_has_moved_on
                    unmonitored_time_moves_its_own_kind_only
                    a_listing_that_ended_unmonitored_time_is_settled_by_progress
                    a_later_listing_settles_too
                    of_two_racing_coverages_one_is_written
                }
                gaps {
                    a_gap_under_a_parent_begins_and_ends
                    a_gap_under_a_parent_that_was_never_listed_has_no_beginning
                    a_gap_that_is_there_stays_as_it_is
                    gaps_are_kept_apart_by_kind_and_parent_and_scope
                    hundreds_of_gaps_begin_and_end_at_once
                    any_parent_reads_back
                    a_kind_that_is_ahead_keeps_its_gaps
                    a_gap_that_goes_on_and_was_ended_begins_with_the_last_listing
                    a_gap_that_goes_on_moves_with_its_kind
                    gaps_repeated_change_nothing
                    unmonitored_time_of_a_parent_is_its_own
                    unmonitored_time_of_a_parent_from_another_listing_is_refused
                    unmonitored_time_of_a_parent_without_a_gap_is_refused
                    unmonitored_time_of_a_parent_keeps_what_is_settled
                }
                reading {
                    an_items_history_is_ascending_and_half_open
                    an_empty_range_holds_nothing
                    an_items_history_is_handed_over_until_enough
                    everybodys_history_is_handed_over_until_enough
                    an_item_is_found_by_its_key
                    everybodys_history_spans_days_and_scopes
                    everybodys_history_is_half_open
                    baselines_are_in_the_history
                    unmonitored_time_is_no_transition
                    unmonitored_time_is_found_by_what_it_reaches_into
                    unmonitored_time_is_kept_apart_by_scope_and_kind
                    readers_see_what_the_poll_sees
                    the_global_scope_is_a_scope_like_any_other
                }
                retiring {
                    a_scope_is_retired_once_and_resumed
                    a_scope_that_is_not_listed_is_not_retired
                    a_retired_scope_stays_so_when_it_is_listed_again
                    a_kind_is_retired_once_and_resumed
                    retiring_a_kind_is_not_held_back_by_one_that_is_ahead
                }
                windows {
                    a_silence_reads_back_as_it_was_written
                    a_page_of_a_notice_reads_back_as_it_was_written
                    a_row_is_replaced_whole
                    what_no_longer_applies_leaves_the_row
                    every_page_has_a_row_of_its_own
                    windows_are_told_apart_by_account
                    windows_are_no_rows_of_a_scope
                    any_text_of_a_window_reads_back
                    all_windows_are_found_over_many_large_rows
                    what_is_over_still_reads_and_does_no_harm
                    an_acknowledgement_reads_back_as_it_was_written
                    whoever_was_first_stays
                    acknowledgements_are_told_apart_from_windows
                }
                evidence {
                    evidence_reads_back_as_it_was_kept
                    a_repeat_of_evidence_changes_nothing
                    evidence_is_ascending_and_half_open
                    evidence_of_one_instant_is_all_kept
                    evidence_is_told_apart_by_scope
                    evidence_is_no_history
                    any_text_of_evidence_reads_back
                    all_evidence_is_found_over_many_large_rows
                }
                prefixes {
                    prefixes_are_recalled_with_their_scope
                    a_row_of_prefixes_is_replaced_whole
                    of_those_who_write_one_revision_of_prefixes_one_wins
                    an_older_poll_never_overwrites_the_prefixes_of_a_newer_one
                    prefixes_of_any_interface_read_back
                    a_thousand_prefixes_of_each_interface_are_kept
                    prefixes_are_no_items_and_no_history
                }
                roster {
                    an_account_never_heard_of_has_no_row
                    a_row_of_the_roster_reads_back_as_it_was_written
                    of_those_who_write_one_revision_one_wins
                    an_older_poll_never_overwrites_a_newer_one
                    any_text_of_a_row_reads_back
                    a_thousand_accounts_are_found
                    the_roster_is_no_scope_and_no_planned_time
                }
                hostile {
                    any_id_names_its_own_item
                    ids_that_look_alike_are_different_items
                    the_longest_id_is_a_key
                    any_text_reads_back
                    any_state_word_reads_back
                    any_reason_for_parking_reads_back
                    a_very_large_event_is_kept_unchanged
                    the_largest_numbers_read_back
                }
            }
        }
    };
    (@rules $factory:path; $($section:ident { $($rule:ident)* })*) => {
        $(mod $section {
            $(#[test]
            fn $rule() {
                $crate::ledger_contract::run(async {
                    let fresh = $factory().await;
                    $crate::ledger_contract::$section::$rule($crate::ledger_contract::Rig::new(&fresh.ledger)).await;
                });
            })*
        })*
    };
}
