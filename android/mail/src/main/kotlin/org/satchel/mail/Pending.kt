// What the server has not been told yet, or refused.

package org.satchel.mail

import kotlinx.coroutines.flow.Flow

/** What was done to mail here, and how far the server knows of it. */
class Pending internal constructor(
    private val core: Core,
) {
    /** The newest operations, open ones first; at most 200. */
    suspend fun list(): List<OperationView> = core.ask { operations() }

    /** The same, now and whenever one changes its state, or goes with its account. */
    fun watch(): Flow<List<OperationView>> =
        observe(core, { it.operations.isNotEmpty() || it.accounts.isNotEmpty() }, ::list)
}
