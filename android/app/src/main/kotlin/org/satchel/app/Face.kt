// What the app shows outside of its own screens: words and a mark, which live in Android's resources.

package org.satchel.app

/** Handed in, because resources exist only in the real app. */
interface Face {
    /** The mark in the status bar: a drawable's id. */
    val mark: Int

    /** Name of the channel of new mail. */
    val newMail: String

    /** Name of the channel of accounts that cannot go on alone. */
    val signIn: String

    /** Name of the group that channel is in. */
    val accounts: String

    /** In the place of a subject that is empty. */
    val noSubject: String

    /** In the place of a sender that is not named. */
    val noSender: String

    /** How many messages came. */
    fun newMessages(count: Int): String

    /** Which account needs the person. */
    fun needsYou(address: String): String
}
