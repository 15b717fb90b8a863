// How much room mail takes here, and what became of a maildrop.

package org.satchel.mail

/** What is kept on this device. */
class Storage internal constructor(
    private val core: Core,
) {
    /** How much room the store takes. */
    suspend fun usage(): UsageView = core.ask { storage() }

    /** What became of each message of a POP account's maildrop. */
    suspend fun popState(account: AccountId): List<LedgerView> = core.ask { popState(account) }
}
