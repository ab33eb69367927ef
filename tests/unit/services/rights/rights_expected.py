"""The rights matrix as the specification has it (data-model.md, section 5), written down by hand, service by service.

A line holds one letter for each role: teller, relationship manager, analyst, marketing, data-protection officer,
admin, auditor. "o": customers (or work) assigned to oneself, "b": those of one's branch too, "a": all, "-": refused.
Nothing here is read from crmdesk.domain.rights: that is what is put to the test.
"""

from typing import Final

from crmdesk.domain.rights import Role

ROLES: Final = (Role.TELLER, Role.RELATIONSHIP_MANAGER, Role.ANALYST, Role.MARKETING, Role.DPO, Role.ADMIN,
                Role.AUDITOR)  # fmt: skip
REACHED: Final = {"-": (), "o": ("own",), "b": ("own", "branch"), "a": ("own", "branch", "other")}

# fmt: off
TABLE: Final[tuple[tuple[str, str], ...]] = (
    # identity, contact: teller R one at a time, branch; RM RW own, R branch; AN P; MK M; DPO R reason; AU M
    ("b b a a a - a", """
        customer_card.get customer_card.note_opened documents.of_customer own_values.of_customer
        surroundings.of_customer """),
    # ... in clear: nothing of it is pseudonymous or masked, so analyst, marketing and auditor get none
    ("b b - - a - -", " customer_card.reveal documents.content "),
    # ... changed: by the RM whose customer it is
    ("- o - - - - -", """
        customer_edit.check customer_edit.draft customer_edit.edit households.join_household
        households.leave_household households.rename_household surroundings.add_interest surroundings.add_life_event
        surroundings.end_relation surroundings.relate surroundings.remove_interest surroundings.remove_life_event """),
    # ... made anew, or many at once (those out of reach are left out, not refused)
    ("- a - - - - -", """
        bulk.apply bulk.fields bulk.preview customer_edit.create customer_edit.similar """),
    # ... found: each sees what the views above leave of it
    ("a a a a a - a", """
        column_values.cells customers.choices customers.count customers.count_chosen
        customers.find customers.rows customers.search_rule filter_words.describe list_fields.columns list_fields.fields
        near_names.near_names saved.delete saved.lists saved.rename saved.save withdrawn.leaving """),
    # interactions, feedback: teller R, add; RM RW own; AN P; MK counts; DPO R; AU M
    ("b o a a a - a", " customer_card.timeline "),
    ("b o - - - - -", """
        interactions.record interactions.reverse
        documents.add permission_correct.correct permission_record.record permission_record.withdraw """),
    ("a a - - - - -", " interactions.choices "),
    # permissions: teller grant, withdraw; RM same, own; AN and MK state; DPO R, object, erase; AU R
    ("b o a a a - a", " permissions.contactable permissions.grid permission_record.preview "),
    ("b o - - a - a", """
        permission_correct.pending permissions.evidence receipts.receipt receipts.save """),
    ("b o - - a - -", " permission_record.objection permission_record.record#objected "),
    ("- - - - a - -", """
        permission_correct.confirm permission_correct.restrict notices.add """),
    ("a a a a a - a", """
        notices.current notices.every permission_bank.changed_since permission_bank.objections permission_bank.overview
        permission_bank.queue permission_bank.repermission """),
    # one customer at a time is no withdrawal for many
    ("- a - - - - -", " permission_bulk.withdraw_many "),
    # tasks, opportunities: own; RM RW own; MK counts (nothing shows them yet); DPO R; AU M
    ("o o - - - - -", """
        opportunities.edit opportunities.move tasks.done tasks.drop tasks.edit tasks.hand_over tasks.reopen
        tasks.snooze """),
    ("o o - - a - a", " opportunities.moves "),
    ("b b - - a - a", " opportunities.of_customer tasks.of_customer "),
    ("- o - - - - -", " ask_again.make_tasks ask_again.plan opportunities.add tasks.add "),
    ("a a - - a - a", """
        opportunities.board opportunities.currency opportunities.products tasks.agenda
        tasks.due tasks.reminders """),
    ("a a - - a a a", " staff.branches staff.people "),
    # run analysis: AN; MK approved models (there are none yet); DPO lineage; AU log
    ("- - a - - - -", " mining.population mining.run recover.recover rerun.rerun scoring.score "),
    ("- - a a a - a", " runs.runs "),
    # score, reasons: RM R own; AN P; MK band; DPO R
    ("- o a a a - -", " customer_card.segment offer_actions.of_customer "),
    ("- a a a a - -", """
        runs.finished runs.get_run runs.with_numbers segments.describe reports.render
        offers.candidates offers.newest_run offers.standing """),
    # campaign, list, outcome: RM own; MK yes
    ("- o - a - - -", " offer_actions.decide "),
    ("- a - a - - -", " offers.keep "),
    # export: RM 50 rows, own; AN P; MK approved list; DPO subject access; AD backup; AU audit
    ("- a a a - - -", """
        customer_export.address_columns customer_export.ask customer_export.first_rows customer_export.plan
        customer_export.write offer_export.ask
        export_rows.cells export_rows.export_columns prints.customer_list offer_export.export_csv """),
    ("- a a a - - -", " export.ask export.export "),
    ("- a a a a - -", " prints.result reports.write_report "),  # without persons
    ("- o - - a - -", " prints.customer "),
    # import, merge: RM proposes; AD runs
    ("- - - - - a -", """
        offered.offered run.ask run.run
        encryption.encrypt encryption.new_recovery_key encryption.remove_plain_copies restoring.ask
        plugins.disable plugins.enable
        autobackup.changed autobackup.check autobackup.copies autobackup.make autobackup.restorable
        backup.backup backup.restore backup.to_carry_over staff.add
        custom_fields.add custom_fields.add_offered custom_fields.change custom_fields.move custom_fields.retire """),
    # audit log: DPO and AU R, verify; AD verify; RM own acts. What a field was stands in the history
    ("- - - - a a a", " backup.verify "),
    ("- o - - a - a", " history.of_customer "),
    ("- - - - a a a", " anchors.anchors anchors.head audit_log.check "),
    ("- - - - a - a", " audit_log.choices audit_log.events audit_log.export "),
    ("a a a a a - a", " audit_log.note_search "),
    # erase, restrict: teller (who hears it at the counter) and RM take the request down; DPO runs it; AU R
    ("b o - - a - -", " privacy_requests.add "),
    ("- - - - a - -", " privacy_requests.close privacy_requests.extend "),
    ("- - - - a - a", """
        privacy_requests.ended privacy_requests.history privacy_requests.of_customer privacy_requests.open_ones """),
    # how long records are kept: who keeps the machine, and who answers for the data
    ("- - - - a a -", " retention.due retention.policies retention.run retention.set_months "),
    # users: AD; whom the others must be able to name: the DPO as the second person, the auditor for the log
    ("- - - - - a -", """
        assigning.assign assigning.waiting
        users.add users.change_roles users.end users.move users.reopen users.reset_password """),
    ("- - - - - - -", " users.second_person "),  # turns users on, for good: in this bank they are
    ("- - - - a a a", " users.users "),
    # two persons: whoever may do the act proposes it; the DPO is the second person, or for the DPO's own acts the admin
    ("- - - - - a -", " proposals.propose "),
    ("- - - - a a -", " proposals.decide "),
    ("a a a a a a a", " proposals.open_ones proposals.past proposals.withdraw "),
    # one's own deeds; the auditor does nothing that could be undone
    ("a a a a a a -", " history.deeds history.next_redo history.next_undo history.redo history.undo "),
    # what everybody sees who is signed in
    ("a a a a a a a", """
        audit_log.own custom_fields.fields encryption.change_passphrase encryption.status plugin_columns.cells
        plugin_columns.offered """),
)
# fmt: on


def expected() -> dict[str, dict[Role, tuple[str, ...]]]:
    """Service to role to the places that are reached; a service that stands in two lines fails."""
    found: dict[str, dict[Role, tuple[str, ...]]] = {}
    for line, names in TABLE:
        cells = dict(zip(ROLES, (REACHED[letter] for letter in line.split()), strict=True))
        for name in names.split():
            assert name not in found, f"{name} stands in two lines of the table"
            found[name] = cells
    return found
