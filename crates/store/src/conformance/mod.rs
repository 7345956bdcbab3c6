//! Conformance suite for every database: what [`Store`] promises, tested from outside.
//!
//! A database's own tests are a factory that makes an empty store, and [`store_conformance!`](crate::store_conformance). Each case is
//! a function over a store, so that a case that fails names what does not hold.

#![expect(clippy::unwrap_used, reason = "test code, built for tests only")]

pub mod audit;
pub mod audit_chain;
pub mod bindings;
pub mod creator_ceiling;
mod fixture;
pub mod identity;
mod inspect;
pub mod key_spaces;
pub mod keys;
pub mod lists;
pub mod memberships;
pub mod people;
pub mod places;
pub mod races;
mod reads;
pub mod refresh;
pub mod refusals;
pub mod retries;
pub mod revoke;
pub mod roles;
pub mod schema;
pub mod tenancy;

use crate::Store;

/// An empty store, with what has to live as long as it.
#[derive(Debug)]
pub struct Fresh<R> {
    /// The store.
    pub store: Store,
    /// A directory, a database of its own on a server.
    pub resources: R,
}

/// Makes one test of every case. The argument is the path of an `async fn() -> Fresh<_>`.
#[macro_export]
macro_rules! store_conformance {
    ($factory:path) => {
        $crate::store_conformance! { @ $factory;
            audit::a_secret_in_a_url_is_written_down,
            audit::a_leaked_key_is_revoked_once,
            audit::audit_is_listed_newest_first,
            audit::audit_one_row_per_mutation,
            audit::audit_says_who_did_what_to_which,
            audit_chain::audit_added_beside_the_server,
            audit_chain::audit_chain_verifies,
            audit_chain::audit_is_append_only,
            audit_chain::audit_tamper_detected,
            bindings::bindings_are_refused_without_telling,
            bindings::bindings_bind_the_next_call,
            bindings::bindings_go_with_what_they_bind,
            bindings::projects_are_kept_as_they_were_made,
            bindings::restricting_cuts_what_is_inherited,
            identity::a_removed_person_is_not_found,
            identity::removing_user_revokes_user_keys,
            identity::removing_users_is_refused_to_others,
            identity::service_key_outlives_creator,
            identity::what_a_caller_sees_is_found_by_id,
            key_spaces::a_key_that_lives_by_a_binding_is_refreshed_and_revoked,
            key_spaces::every_live_service_key_is_listed_and_can_be_revoked,
            keys::a_service_key_comes_with_its_bot_user,
            keys::a_service_key_is_made_whole_or_not_at_all,
            keys::a_service_key_of_one_space_takes_its_organization_along,
            keys::a_user_key_is_kept_as_it_was_made,
            keys::expiry_boundary_exact,
            keys::a_policy_is_kept_as_it_was_set,
            keys::founding_makes_what_it_says,
            keys::only_the_right_secret_authenticates,
            keys::policy_max_ttl_enforced_on_create_and_refresh,
            keys::removed_rights_bind_the_next_call,
            keys::the_count_of_user_keys_follows_them,
            keys::the_end_of_time_can_be_kept,
            keys::the_limit_of_user_keys_is_exact,
            keys::the_quota_is_asked_before_anything_is_minted,
            keys::uses_are_written_in_batches_and_never_go_back,
            lists::a_place_in_a_list_is_its_readers_alone,
            lists::bot_users_are_shown_where_they_may_be,
            lists::every_scope_of_keys_is_listed_newest_first,
            lists::organizations_and_spaces_are_listed_as_far_as_they_are_seen,
            lists::pages_are_filled_across_what_is_not_seen,
            lists::searches_find_parts_in_any_case,
            lists::users_are_listed_without_bots_and_removed_people,
            creator_ceiling::a_maker_who_is_gone_holds_nothing,
            creator_ceiling::keys_above_their_maker_are_cut,
            creator_ceiling::keys_are_held_against_makers_wherever_their_bots_are,
            memberships::memberships_are_bounded,
            memberships::memberships_are_kept_as_they_were_given,
            people::a_secret_handed_over_replaces_the_one_before,
            people::a_sign_in_secret_lets_in_once,
            people::an_address_is_taken_once,
            people::invitations_lapse_by_themselves,
            people::people_are_changed_by_administrators,
            places::names_of_places_are_unique,
            places::organizations_are_kept_as_they_were_made,
            places::places_are_changed_by_their_administrators,
            places::space_delete_cuts_access,
            places::spaces_are_kept_as_they_were_made,
            races::create_at_once_makes_all,
            races::race_concurrent_refresh_single_winner,
            races::race_refresh_vs_revoke,
            races::race_revoked_key_cannot_mint,
            races::race_thousand_revokes_one_transition,
            races::reads_see_what_was_answered,
            refresh::a_refresh_keeps_what_the_key_is,
            refresh::a_refreshed_service_key_stays_in_its_spaces,
            refresh::dead_keys_are_not_refreshed,
            refresh::grace_lets_the_old_key_live_a_while,
            refresh::one_successor_a_key,
            refresh::refreshes_of_others_are_refused,
            refusals::an_overreach_is_on_record,
            refusals::refusals_change_nothing,
            refusals::refusals_on_record_are_bounded,
            revoke::a_revoked_key_is_dead_at_once,
            revoke::a_service_key_is_revoked_in_its_spaces,
            revoke::revoking_twice_changes_nothing,
            roles::an_edited_role_binds_its_holders_at_once,
            roles::predefined_roles_are_there_and_stay,
            roles::roles_are_kept_as_they_were_made,
            roles::roles_are_listed_own_first,
            roles::roles_are_refused_to_others,
            schema::a_closed_store_says_so,
            schema::asking_whether_it_is_ready_writes_little,
            schema::ids_are_never_reused,
            schema::ready_when_it_is,
            schema::rows_that_cannot_be_read_deny_only_their_owner,
            schema::statements_prepare,
            tenancy::foreign_ids_are_answered_like_unknown_ones,
            tenancy::lists_never_cross_accounts,
        }
    };
    (@ $factory:path; $($module:ident :: $case:ident,)*) => {
        $(
            #[tokio::test]
            async fn $case() {
                let fresh = $factory().await;
                $crate::conformance::$module::$case(&fresh.store).await;
            }
        )*
    };
}
