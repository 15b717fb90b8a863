// Notifications of new mail: permission, and one for each account that got some.
import Satchel
import UserNotifications

/// What is shown while the app is away.
enum Notifications {
    /// Asks the person, once; the system keeps the answer.
    static func askPermission() async {
        _ = try? await UNUserNotificationCenter.current().requestAuthorization(options: [.alert, .badge, .sound])
    }

    /// One notification for each account with new mail. It names no sender: the lock screen is read by anybody.
    static func tell(_ slices: [SliceView]) async {
        for slice in slices {
            guard let came = slice.report?.newMessages, came > 0 else { continue }
            let content = UNMutableNotificationContent()
            content.title = noticeTitle(Int(came))
            content.threadIdentifier = "account-\(slice.account.value)"
            let request = UNNotificationRequest(
                identifier: content.threadIdentifier, content: content, trigger: nil)
            try? await UNUserNotificationCenter.current().add(request)
        }
    }
}
