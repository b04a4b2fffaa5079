import ChatClient
import CruddurDemo
import ExactText
import Timestamps

/// `/tour`, with a step's name behind it or without one; again: it ends.
func toggleTour(_ state: inout AppState, _ name: String) -> [Effect] {
    guard state.tour == nil || !name.isEmpty else { return endTour(&state) }
    let names = TourStep.all.map(\.name).joined(separator: ", ")
    guard let position = name.isEmpty ? 0 : Tour.position(of: name) else {
        state.notice = .init(text: "There is no step \(name.prefix(30)). The steps are: \(names).", isProblem: true)
        return []
    }
    return enter(&state, position)
}

func updateTour(_ state: inout AppState, _ command: TourCommand) -> [Effect] {
    guard let tour = state.tour else {
        guard command == .forward else {
            state.notice = .init(text: "No tour is on. F5 begins it, in the demo.")
            return []
        }
        return enter(&state, 0)
    }
    switch command {
    case .forward where tour.done < tour.step.acts.count: return act(&state, tour)
    case .forward where tour.position + 1 == TourStep.all.count: return endTour(&state)
    case .forward: return enter(&state, tour.position + 1)
    // What the step has done is not undone, but can be done again.
    case .back: return enter(&state, tour.done > 0 ? tour.position : max(0, tour.position - 1))
    }
}

/// A step begins, with what belongs beside it; what went wrong in the last one does no more.
private func enter(_ state: inout AppState, _ position: Int) -> [Effect] {
    guard state.stage != nil else {
        state.notice = .init(text: "The tour is in cruddur demo, in its first terminal.", isProblem: true)
        return []
    }
    let heals = heal(&state)
    state.tour = Tour(position: position)
    let pane = state.tour?.step.pane
    (state.inspector.isShown, state.table.isShown) = (pane == .calls, pane == .table)
    // Both, always: what comes of an act is told from them.
    return heals + [.watchCalls(true), .watchTable(true)] + (partner(state).map { select(&state, $0) } ?? [])
}

private func heal(_ state: inout AppState) -> [Effect] {
    guard let fault = state.tour?.step.fault, state.stage?.contains(fault) == true else { return [] }
    return set(&state, fault, false)
}

private func endTour(_ state: inout AppState) -> [Effect] {
    let heals = heal(&state)
    state.tour = nil
    (state.inspector.isShown, state.table.isShown) = (false, false)
    state.notice = .init(text: "That was the tour. F2 shows the calls, F3 the table, F8 what can go wrong.")
    return heals + [.watchCalls(false), .watchTable(false)]
}

private func partner(_ state: AppState) -> ConversationID? {
    state.snapshot.conversations.first { $0.title.handle.isExactly(TourStep.partner) }?.id
}

private func act(_ state: inout AppState, _ tour: Tour) -> [Effect] {
    var tour = tour
    tour.since = state.now.microseconds
    tour.done += 1
    state.tour = tour
    return tour.act?.actions.flatMap { perform(&state, $0) } ?? []
}

private func perform(_ state: inout AppState, _ action: TourAction) -> [Effect] {
    switch action {
    case .refresh: return [.refresh]
    case .send(let text):
        guard let id = partner(state) else { return [] }
        let goes = state.selected == id ? [] : select(&state, id)
        return goes + [.send(state.drafts.submit(text, to: id), to: id)] + returnToNewest(&state, id)
    case .begin(let handle, let text):
        // As a hand does it: the question, the handle, and the text behind it.
        let asks = perform(&state, .conversations(.new), .chat) + give(&state, handle)
        return asks + updateTyped(&state, .paste(text)) + updateTyped(&state, .key(Key(.enter)))
    case .write(let sender, let text):
        return state.snapshot.me.map { [.stage(.write(text, from: sender, to: $0))] } ?? []
    case .set(let fault, let isOn): return set(&state, fault, isOn)
    }
}
