// A core whose events the test makes, for what a real one does only now and then.

package org.satchel.mail

import org.satchel.ffi.ChangesView
import org.satchel.ffi.MailCore
import org.satchel.ffi.MailObserver
import org.satchel.ffi.MessagesChangedView
import org.satchel.ffi.NoHandle
import org.satchel.ffi.Subscription
import java.util.concurrent.CopyOnWriteArrayList

internal class FakeCore : MailCore(NoHandle) {
    val listeners = CopyOnWriteArrayList<MailObserver>()

    override fun subscribe(observer: MailObserver): Subscription {
        listeners += observer
        return object : Subscription(NoHandle) {
            override fun end() {
                listeners -= observer
            }
        }
    }

    fun tell(changes: ChangesView) = listeners.forEach { it.onChanges(changes) }
}

internal fun changes(
    everything: Boolean = false,
    messages: List<MessagesChangedView> = emptyList(),
) = ChangesView(
    generation = 1u,
    everything = everything,
    accounts = emptyList(),
    mailboxes = emptyList(),
    messages = messages,
    operations = emptyList(),
    syncing = emptyList(),
    network = false,
)
