// Says that mail came, or that an account needs the person, while nobody looks at the app.

package org.satchel.app

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationChannelGroup
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.Context
import android.content.Intent
import android.net.Uri
import org.satchel.mail.AccountId
import org.satchel.mail.AccountView
import org.satchel.mail.MessageView
import org.satchel.mail.PlacementId

/**
 * One group of the system's settings for each account, so that a person can silence one of them. What came is on the
 * lock screen only as a number, unless the person allows more.
 */
class Notifications(
    private val context: Context,
    private val face: Face,
) : SliceListener {
    private val manager = checkNotNull(context.getSystemService(NotificationManager::class.java))

    /** Makes what does not depend on accounts. */
    fun register() {
        manager.createNotificationChannelGroup(NotificationChannelGroup(APP, face.accounts))
        channel(SIGN_IN, face.signIn, APP, NotificationManager.IMPORTANCE_HIGH)
    }

    /** Makes a group for each account, and takes away those of accounts that are gone. */
    fun keep(accounts: List<AccountView>) {
        val wanted = accounts.mapTo(HashSet()) { group(it.id) } + APP
        manager.notificationChannelGroups
            .map { it.id }
            .filterNot { it in wanted }
            .forEach(manager::deleteNotificationChannelGroup)
        accounts.forEach {
            manager.createNotificationChannelGroup(NotificationChannelGroup(group(it.id), it.address))
            channel(newMail(it.id), face.newMail, group(it.id), NotificationManager.IMPORTANCE_DEFAULT)
        }
    }

    override fun arrived(mail: NewMail) {
        val account = mail.account.account
        mail.rows.take(SHOWN_AT_ONCE).forEach { manager.notify(tag(it.id), MESSAGE, message(account, it)) }
        val count = face.newMessages(mail.count)
        val summary =
            base(newMail(account), count)
                .setGroup(group(account))
                .setGroupSummary(true)
                .setSubText(mail.account.address)
                .setContentIntent(opens("satchel://mailbox/${mail.rows.first().mailbox.value}"))
        manager.notify(group(account), SUMMARY, hidden(summary, newMail(account), count).build())
    }

    override fun needsPerson(what: NeedsPerson) {
        val sentence = what.sentence.orEmpty()
        val said =
            base(SIGN_IN, face.needsYou(what.account.address))
                .setContentText(sentence)
                .setStyle(Notification.BigTextStyle().bigText(sentence))
                .setOnlyAlertOnce(true)
                .setContentIntent(opens("satchel://mailboxes"))
        manager.notify(group(what.account.account), NEEDS_PERSON, hidden(said, SIGN_IN, face.signIn).build())
    }

    override fun isWell(account: AccountId) = manager.cancel(group(account), NEEDS_PERSON)

    /** The messages that are said to be new; ask whether they still are. */
    fun shown(): List<PlacementId> =
        manager.activeNotifications
            .filter { it.id == MESSAGE }
            .mapNotNull { it.tag?.removePrefix(TAG_MESSAGE)?.toLongOrNull() }
            .map(::PlacementId)

    /** Takes messages back, and the count above them when none of its group is left. */
    fun withdraw(ids: Collection<PlacementId>) {
        val tags = ids.mapTo(HashSet(), ::tag)
        val (gone, left) = manager.activeNotifications.partition { it.id == MESSAGE && it.tag in tags }
        gone.forEach { manager.cancel(it.tag, it.id) }
        val groups = left.filter { it.id == MESSAGE }.mapTo(HashSet()) { it.notification.group }
        gone.map { it.notification.group }.filterNot { it in groups }.forEach { manager.cancel(it, SUMMARY) }
    }

    private fun message(
        account: AccountId,
        row: MessageView,
    ): Notification {
        val said =
            base(newMail(account), row.from.firstOrNull()?.label ?: face.noSender)
                .setContentText(row.subject.ifBlank { face.noSubject })
                .setStyle(Notification.BigTextStyle().bigText(text(row)))
                .setWhen(row.receivedAt.toEpochMilli())
                .setShowWhen(true)
                .setGroup(group(account))
                // The count above makes the one sound; fifty messages would make fifty.
                .setGroupAlertBehavior(Notification.GROUP_ALERT_SUMMARY)
                .setContentIntent(opens("satchel://message/${row.id.value}"))
        return hidden(said, newMail(account), face.newMessages(1)).build()
    }

    private fun text(row: MessageView): String {
        val subject = row.subject.ifBlank { face.noSubject }
        return if (row.preview.isBlank()) subject else "$subject\n${row.preview}"
    }

    private fun base(
        channel: String,
        title: String,
    ): Notification.Builder =
        Notification.Builder(context, channel).setSmallIcon(face.mark).setContentTitle(title).setAutoCancel(true)

    private fun hidden(
        said: Notification.Builder,
        channel: String,
        instead: String,
    ): Notification.Builder =
        said.setVisibility(Notification.VISIBILITY_PRIVATE).setPublicVersion(base(channel, instead).build())

    private fun channel(
        id: String,
        name: String,
        group: String,
        importance: Int,
    ) = manager.createNotificationChannel(
        NotificationChannel(id, name, importance).apply {
            this.group = group
            lockscreenVisibility = Notification.VISIBILITY_PRIVATE
        },
    )

    private fun opens(link: String): PendingIntent {
        val intent = Intent(Intent.ACTION_VIEW, Uri.parse(link)).setPackage(context.packageName)
        return PendingIntent.getActivity(context, 0, intent, PendingIntent.FLAG_IMMUTABLE)
    }

    private companion object {
        const val APP = "app"
        const val SIGN_IN = "sign-in"
        const val TAG_MESSAGE = "message/"
        const val MESSAGE = 1
        const val SUMMARY = 2
        const val NEEDS_PERSON = 3

        /** More than these of one turn are only counted: the system holds fifty of an app, then drops the newest. */
        const val SHOWN_AT_ONCE = 8

        fun group(account: AccountId) = "account/${account.value}"

        fun newMail(account: AccountId) = "new-mail/${account.value}"

        fun tag(id: PlacementId) = "$TAG_MESSAGE${id.value}"
    }
}
