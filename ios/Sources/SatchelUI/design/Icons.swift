// The symbols of the app: the only file that names them.
import Satchel

extension Word {
    /// The system's symbol for an action, if it has one.
    var symbol: String {
        switch self {
        case .archive: "archivebox"
        case .delete: "trash"
        case .junk: "xmark.bin"
        case .star: "star"
        case .unstar: "star.slash"
        case .markSeen: "envelope.open"
        case .markUnseen: "envelope.badge"
        case .select: "checkmark.circle"
        case .deselect, .clearSelection: "circle"
        case .selectAll: "checkmark.circle.fill"
        case .checkForMail, .askAgain: "arrow.clockwise"
        case .download, .fetchOlder: "arrow.down.circle"
        case .cancel: "xmark.circle"
        case .open: "arrow.up.forward.square"
        case .undo: "arrow.uturn.backward"
        case .offline: "wifi.slash"
        case .fold: "chevron.down"
        case .unfold: "chevron.forward"
        default: "circle.dotted"
        }
    }
}

extension RowMark {
    /// The system's symbol.
    var symbol: String {
        switch self {
        case .answered: "arrowshape.turn.up.left"
        case .attachment: "paperclip"
        case .partlyHere: "circle.bottomhalf.filled"
        case .star: "star.fill"
        }
    }
}

extension MailboxView {
    /// The system's symbol for what the mailbox is for.
    var symbol: String {
        switch role {
        case .inbox: "tray"
        case .drafts: "doc"
        case .sent: "paperplane"
        case .archive: "archivebox"
        case .junk: "xmark.bin"
        case .trash: "trash"
        case .all: "tray.full"
        case .flagged: "star"
        case .important: "exclamationmark"
        case nil: "folder"
        }
    }
}
