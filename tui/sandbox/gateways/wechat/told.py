"""What WeChat Pay tells of trades and refunds, in answers and notices."""

from datetime import datetime

from tui.sandbox.gateways.common.ledger import GivenBack, Stage, Trade
from tui.sandbox.gateways.wechat.keys import WechatMerchant
from tui.sandbox.gateways.wechat.speaker import rfc3339

Json = dict[str, object]
STATES = {Stage.PAID: "SUCCESS", Stage.CLOSED: "CLOSED"}
WORDS = {"SUCCESS": "支付成功", "NOTPAY": "订单未支付", "CLOSED": "订单已关闭", "REFUND": "订单发生过退款"}
RECEIVED = {"channel": "ORIGINAL", "user_received_account": "支付用户零钱"}


def transaction(trade: Trade, merchant: WechatMerchant) -> Json:
    """A trade; one that gave anything back is REFUND for ever."""
    state = "REFUND" if trade.refunds else STATES.get(trade.stage, "NOTPAY")
    told: Json = {
        "appid": merchant.appid,
        "mchid": merchant.mchid,
        "out_trade_no": trade.number,
        "trade_state": state,
        "trade_state_desc": WORDS[state],
    }
    amount: Json = {"total": trade.amount_fen, "currency": "CNY"}
    if not trade.paid_at:
        return told | {"amount": amount}
    return told | {
        "transaction_id": trade.platform_no,
        "trade_type": "NATIVE",
        "bank_type": "OTHERS",
        "attach": "",
        "success_time": rfc3339(trade.paid_at),
        "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
        "amount": amount | {"payer_total": trade.amount_fen, "payer_currency": "CNY"},
    }


def refund(trade: Trade, back: GivenBack, status: str, now: datetime) -> Json:
    """A refund, in answers."""
    return (
        _refund(trade, back)
        | RECEIVED
        | {"create_time": rfc3339(back.asked_at), "status": status}
        | _since(status, now)
    )


def refund_notice(trade: Trade, back: GivenBack, merchant: WechatMerchant) -> Json:
    """A refund that was carried out, in a notice."""
    told = {"mchid": merchant.mchid, "refund_status": "SUCCESS", "user_received_account": "支付用户零钱"}
    return _refund(trade, back) | told | _since("SUCCESS", back.asked_at)


def _refund(trade: Trade, back: GivenBack) -> Json:
    amount = {"total": trade.amount_fen, "payer_total": trade.amount_fen, "currency": "CNY"}
    return {
        "refund_id": back.platform_no,
        "out_refund_no": back.number,
        "transaction_id": trade.platform_no,
        "out_trade_no": trade.number,
        "amount": amount | {"refund": back.amount_fen, "payer_refund": back.amount_fen},
    }


def _since(status: str, done_at: datetime) -> Json:
    return {"success_time": rfc3339(done_at)} if status == "SUCCESS" else {}
