// Which passes run: events tell it and nothing else does, so it is listened to from the opening on.

package org.satchel.mail

import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update
import org.satchel.ffi.ChangesView
import org.satchel.ffi.MailCore
import org.satchel.ffi.MailObserver

internal class Passes(
    core: MailCore,
) {
    private val known = MutableStateFlow(emptySet<AccountId>())
    private val subscription = failing { core.subscribe(Listener(known)) }

    val running: StateFlow<Set<AccountId>> = known

    fun end() = failing { subscription.end() }

    // Apart from Passes, so that what the library holds does not hold the subscription.
    private class Listener(
        private val known: MutableStateFlow<Set<AccountId>>,
    ) : MailObserver {
        override fun onChanges(changes: ChangesView) =
            known.update { before ->
                changes.syncing.fold(before) { running, pass ->
                    if (pass.running) running + pass.account else running - pass.account
                }
            }
    }
}
