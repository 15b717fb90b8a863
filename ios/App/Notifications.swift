// Notifications of new mail and of accounts that wait for the person: permission, showing, taking back.
import Satchel
import SatchelUI
import UserNotifications

/// What is shown while the app is away.
enum Notifications {
    /// Asks the person, once; the system keeps the answer.
    static func askPermission() async {
        _ = try? await UNUserNotificationCenter.current().requestAuthorization(options: [.alert, .badge, .sound])
    }

    /// Tells what slices brought; the core hears of what was shown.
    static func tell(_ slices: [SliceView], to activity: Activity) async {
        await SatchelUI.tell(slices, to: activity, show: show, withdraw: withdraw)
    }

    private static func show(_ notice: SliceNotice) async throws {
        let content = UNMutableNotificationContent()
        content.title = notice.title(English())
        content.body = notice.sentence
        content.threadIdentifier = "account-\(notice.account.value)"
        let request = UNNotificationRequest(identifier: notice.name, content: content, trigger: nil)
        try await UNUserNotificationCenter.current().add(request)
    }

    private static func withdraw(_ name: String) async {
        UNUserNotificationCenter.current().removeDeliveredNotifications(withIdentifiers: [name])
    }
}
