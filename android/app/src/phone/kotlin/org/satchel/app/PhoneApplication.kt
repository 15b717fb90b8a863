// The app's words and mark, out of Android's resources. Compiled by Gradle only: R does not exist elsewhere.

package org.satchel.app

/** The process of the installed app. */
class PhoneApplication : SatchelApplication() {
    override val face: Face =
        object : Face {
            override val mark = R.drawable.notification
            override val newMail get() = getString(R.string.channel_new_mail)
            override val signIn get() = getString(R.string.channel_sign_in)
            override val accounts get() = getString(R.string.group_app)
            override val noSubject get() = getString(R.string.no_subject)
            override val noSender get() = getString(R.string.unknown_sender)

            override fun newMessages(count: Int) = resources.getQuantityString(R.plurals.new_messages, count, count)

            override fun needsYou(address: String) = getString(R.string.needs_you_title, address)
        }
}
